import core.ids
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('text_version', models.IntegerField()),
                ('en', models.TextField()),
                ('zh', models.TextField()),
                ('renews', models.BooleanField()),
                ('effective_at', models.DateTimeField()),
                ('created_by_id', models.UUIDField()),
            ],
            options={
                'db_table': 'trails_consent_text',
                'constraints': [models.UniqueConstraint(fields=('company', 'text_version'), name='trails_consent_text_version')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.user')),
                ('gives', models.BooleanField()),
                ('text', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trails.consenttext')),
                ('occurred_at', models.DateTimeField()),
                ('occurred_verified', models.BooleanField()),
                ('device_id', models.UUIDField(help_text='on which he said so; null: on none of his', null=True)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'trails_consent',
                'indexes': [models.Index(fields=['user', 'occurred_at'], name='trails_consent_user'), models.Index(condition=models.Q(('text__isnull', False)), fields=['text'], name='trails_consent_text_used')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('gives', True), ('text__isnull', False)), models.Q(('gives', False), ('text__isnull', True)), _connector='OR'), name='trails_consent_to_a_text')],
            },
        ),
        migrations.CreateModel(
            name='LastPosition',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='accounts.user')),
                ('device_id', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('verified', models.BooleanField()),
                ('lat_e7', models.IntegerField()),
                ('lon_e7', models.IntegerField()),
                ('accuracy_m', models.SmallIntegerField()),
            ],
            options={
                'db_table': 'trails_last_position',
                'indexes': [models.Index(fields=['company', 'at'], name='trails_last_position_age')],
            },
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('viewer_id', models.UUIDField()),
                ('user_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('view', models.CharField(max_length=16)),
                ('purpose', models.CharField(max_length=16)),
                ('note', models.TextField(blank=True, default='')),
                ('from_date', models.DateField(null=True)),
                ('to_date', models.DateField(null=True)),
                ('at', models.DateTimeField()),
                ('until_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'trails_look',
                'indexes': [models.Index(fields=['viewer_id', 'view', 'until_at'], name='trails_look_viewer'), models.Index(fields=['company', 'at'], name='trails_look_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(('view__in', ['last_position', 'day', 'mileage'])), name='trails_look_view'), models.CheckConstraint(condition=models.Q(('purpose__in', ['dispatch', 'safety', 'evidence', 'mileage'])), name='trails_look_purpose')],
            },
        ),
        migrations.CreateModel(
            name='Access',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('look', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='trails.look')),
                ('user_id', models.UUIDField(help_text='at whose')),
                ('viewer_id', models.UUIDField(help_text='who')),
                ('view', models.CharField(max_length=16)),
                ('purpose', models.CharField(max_length=16)),
                ('note', models.TextField(blank=True, default='')),
                ('from_date', models.DateField(null=True)),
                ('to_date', models.DateField(null=True)),
                ('at', models.DateTimeField()),
                ('until_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'trails_access',
                'indexes': [models.Index(fields=['user_id', '-at', 'id'], name='trails_access_user'), models.Index(fields=['company', 'at'], name='trails_access_at')],
                'constraints': [models.UniqueConstraint(fields=('look', 'user_id'), name='trails_access_once')],
            },
        ),
        migrations.CreateModel(
            name='PointBatch',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('pk', models.CompositePrimaryKey('company_id', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('id', models.UUIDField()),
                ('user_id', models.UUIDField()),
                ('device_id', models.UUIDField()),
                ('fingerprint', models.BinaryField(help_text="SHA-256 of what was sent, the request's own clock left out")),
                ('received_at', models.DateTimeField()),
                ('stored', models.IntegerField()),
                ('discarded', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'trails_batch',
                'indexes': [models.Index(fields=['company', 'received_at'], name='trails_batch_received')],
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('org_unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit')),
                ('effective_at', models.DateTimeField()),
                ('tracks', models.BooleanField()),
                ('purposes', models.JSONField()),
                ('hours', models.JSONField(null=True)),
                ('viewer_roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None)),
                ('gap_after_s', models.IntegerField()),
                ('live_s', models.IntegerField()),
                ('created_by_id', models.UUIDField()),
            ],
            options={
                'db_table': 'trails_policy',
                'indexes': [models.Index(fields=['org_unit', '-effective_at'], name='trails_policy_unit'), models.Index(fields=['company', '-effective_at', 'id'], name='trails_policy_recent')],
            },
        ),
        migrations.CreateModel(
            name='Day',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.user')),
                ('day', models.DateField()),
                ('policy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trails.policy')),
                ('points', models.IntegerField(default=0)),
                ('discarded', models.JSONField(default=dict)),
                ('changed_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(help_text='when its points were deleted; it takes no more', null=True)),
                ('derived_at', models.DateTimeField(null=True)),
                ('moved_m', models.FloatField(null=True)),
                ('bridged_m', models.FloatField(null=True)),
                ('stops', models.IntegerField(null=True)),
                ('stopped_s', models.IntegerField(null=True)),
                ('gap_s', models.IntegerField(null=True)),
                ('unknown_s', models.IntegerField(null=True)),
            ],
            options={
                'db_table': 'trails_day',
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True), ('derived_at__isnull', True), ('points__gt', 0)), fields=['company', 'day'], name='trails_day_to_derive'), models.Index(fields=['company', '-day', 'id'], name='trails_day_recent')],
                'constraints': [models.UniqueConstraint(fields=('user', 'day'), name='trails_day_once')],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql='\n                    create table trails_segment (\n                      user_id uuid not null,\n                      day date not null,\n                      batch_id uuid not null,\n                      company_id uuid not null,\n                      device_id uuid not null,\n                      boot_id text not null,\n                      verified boolean not null,\n                      started_at timestamptz not null,\n                      offset_ms integer[] not null,\n                      lat_e7 integer[] not null,\n                      lon_e7 integer[] not null,\n                      accuracy_m smallint[] not null,\n                      state_offset_ms integer[] not null,\n                      states text[] not null,\n                      primary key (user_id, day, batch_id)\n                    ) partition by range (day)\n                    ',
                    reverse_sql='drop table trails_segment',
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='Segment',
                    fields=[
                        ('pk', models.CompositePrimaryKey('user_id', 'day', 'batch_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('user_id', models.UUIDField()),
                        ('day', models.DateField()),
                        ('batch_id', models.UUIDField()),
                        ('device_id', models.UUIDField()),
                        ('boot_id', models.TextField()),
                        ('verified', models.BooleanField()),
                        ('started_at', models.DateTimeField()),
                        ('offset_ms', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                        ('lat_e7', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                        ('lon_e7', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                        ('accuracy_m', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), help_text='rounded up; 32767: that or more', size=None)),
                        ('state_offset_ms', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                        ('states', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), help_text='what the phone said, see trails.gaps.State', size=None)),
                        ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                    ],
                    options={
                        'db_table': 'trails_segment',
                    },
                ),
            ],
        ),
    ]
