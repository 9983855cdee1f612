import core.ids
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(help_text='what people type when they sign in', max_length=64, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('locale', models.CharField(default='en', max_length=16)),
                ('time_zone', models.CharField(default='Asia/Shanghai', max_length=64)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'accounts_company',
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[a-z0-9][a-z0-9-]*$')), name='accounts_company_code_form')],
            },
        ),
        migrations.CreateModel(
            name='OrgUnit',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.UUIDField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('edits', models.JSONField(default=dict)),
                ('name', models.CharField(max_length=200)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='accounts.orgunit')),
                ('path', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
            ],
            options={
                'db_table': 'accounts_org_unit',
                'indexes': [models.Index(fields=['company_id', 'name', 'id'], name='accounts_org_unit_name'), django.contrib.postgres.indexes.GinIndex(fields=['path'], name='accounts_org_unit_path')],
            },
        ),
        migrations.CreateModel(
            name='SignInAttempt',
            fields=[
                ('key', models.BinaryField(primary_key=True, serialize=False)),
                ('failures', models.IntegerField(default=0)),
                ('failed_at', models.DateTimeField()),
                ('locked_until', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'accounts_sign_in_attempt',
                'indexes': [models.Index(fields=['failed_at'], name='accounts_sign_in_attempt_age')],
            },
        ),
        migrations.CreateModel(
            name='Territory',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.UUIDField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('edits', models.JSONField(default=dict)),
                ('code', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=200)),
                ('org_unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='territories', to='accounts.orgunit')),
            ],
            options={
                'db_table': 'accounts_territory',
                'constraints': [models.UniqueConstraint(fields=('company_id', 'code'), name='accounts_territory_code')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.UUIDField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('edits', models.JSONField(default=dict)),
                ('username', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=200)),
                ('external_id', models.CharField(max_length=64, null=True)),
                ('email', models.CharField(blank=True, default='', max_length=254)),
                ('phone', models.CharField(blank=True, default='', max_length=64)),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
                ('org_unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='users', to='accounts.orgunit')),
                ('locale', models.CharField(default='en', max_length=16)),
                ('password_hash', models.CharField(blank=True, default='', max_length=200)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'accounts_user',
                'indexes': [models.Index(fields=['company_id', 'name', 'id'], name='accounts_user_name')],
                'constraints': [models.UniqueConstraint(fields=('company_id', 'username'), name='accounts_user_username'), models.UniqueConstraint(fields=('company_id', 'external_id'), name='accounts_user_external_id'), models.CheckConstraint(condition=models.Q(('roles__contained_by', ['admin', 'dispatcher', 'engineer', 'manager', 'rep'])), name='accounts_user_roles_known'), models.CheckConstraint(condition=models.Q(('locale__in', ['en', 'zh-Hans'])), name='accounts_user_locale_known')],
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to='accounts.user')),
                ('name', models.CharField(max_length=200)),
                ('platform', models.CharField(help_text='ios, android, web, other', max_length=16)),
                ('app_version', models.CharField(blank=True, default='', max_length=64)),
                ('push_id', models.TextField(null=True)),
                ('push_kind', models.CharField(max_length=16, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('signed_in_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('revoked_by_id', models.UUIDField(null=True)),
            ],
            options={
                'db_table': 'accounts_device',
                'indexes': [models.Index(fields=['company_id', 'user'], name='accounts_device_company_user')],
            },
        ),
        migrations.CreateModel(
            name='TerritoryMember',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='accounts.territory')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='territories', to='accounts.user')),
            ],
            options={
                'db_table': 'accounts_territory_member',
                'constraints': [models.UniqueConstraint(fields=('territory', 'user'), name='accounts_territory_member_once')],
            },
        ),
        migrations.CreateModel(
            name='RefreshToken',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('hash', models.BinaryField(primary_key=True, serialize=False)),
                ('family_id', models.UUIDField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.user')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.device')),
                ('issued_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('successor_sealed', models.BinaryField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'accounts_refresh_token',
                'indexes': [models.Index(fields=['family_id'], name='accounts_refresh_family'), models.Index(fields=['company_id', 'expires_at'], name='accounts_refresh_expiry')],
            },
        ),
    ]
