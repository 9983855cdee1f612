import core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('customers', '0001_initial'),
        ('customers', '0002_confirmed_sites'),
        ('customers', '0003_pins'),
        ('customers', '0004_opening_hours'),
        ('customers', '0005_channel'),
    ]

    dependencies = [
        ('accounts', '0002_web_sessions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.UUIDField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('edits', models.JSONField(default=dict)),
                ('name', models.CharField(max_length=200)),
                ('code', models.CharField(max_length=64, null=True)),
                ('external_id', models.CharField(help_text="the customer's id in another system", max_length=64, null=True)),
                ('customer_class', models.CharField(help_text='A, B, C or D', max_length=1, null=True)),
                ('channel', models.CharField(help_text="the sort of outlet: a code of the company's own", max_length=64, null=True)),
                ('stage', models.CharField(default='active', max_length=16)),
                ('owner', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.user')),
                ('territory', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.territory')),
                ('phone', models.CharField(blank=True, default='', max_length=64)),
                ('address', models.CharField(blank=True, default='', max_length=500)),
                ('notes', models.TextField(blank=True, default='')),
                ('credit_hold', models.BooleanField(default=False)),
                ('archived_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'customers_customer',
                'indexes': [models.Index(models.F('company_id'), models.F('name'), models.F('id'), condition=models.Q(('archived_at__isnull', True)), name='customers_customer_name'), models.Index(models.F('owner'), name='customers_customer_owner'), models.Index(models.F('territory'), condition=models.Q(('territory__isnull', False)), name='customers_customer_territory')],
                'constraints': [models.UniqueConstraint(models.F('company_id'), models.F('code'), condition=models.Q(('code__isnull', False)), name='customers_customer_code'), models.UniqueConstraint(models.F('company_id'), models.F('external_id'), condition=models.Q(('external_id__isnull', False)), name='customers_customer_external_id'), models.CheckConstraint(condition=models.Q(('customer_class__in', ('A', 'B', 'C', 'D'))), name='customers_customer_class'), models.CheckConstraint(condition=models.Q(('stage__in', ('lead', 'prospect', 'active', 'dormant', 'lost'))), name='customers_customer_stage'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='customers_customer_named')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.UUIDField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('edits', models.JSONField(default=dict)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='customers.customer')),
                ('name', models.CharField(max_length=200)),
                ('title', models.CharField(blank=True, default='', max_length=200)),
                ('phone', models.CharField(blank=True, default='', max_length=64)),
                ('email', models.CharField(blank=True, default='', max_length=254)),
                ('notes', models.TextField(blank=True, default='')),
                ('is_primary', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'customers_contact',
                'indexes': [models.Index(models.F('customer'), models.F('name'), models.F('id'), name='customers_contact_customer')],
            },
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='follows', to='customers.customer')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.user')),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'customers_follow',
                'indexes': [models.Index(models.F('user'), name='customers_follow_user')],
                'constraints': [models.UniqueConstraint(fields=('customer', 'user'), name='customers_follow_once')],
            },
        ),
        migrations.CreateModel(
            name='PinProposal',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pin_proposals', to='customers.customer')),
                ('site_id', models.UUIDField(null=True)),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('lat', models.FloatField()),
                ('lon', models.FloatField()),
                ('datum_given', models.CharField(max_length=16)),
                ('lat_given', models.FloatField()),
                ('lon_given', models.FloatField()),
                ('fence_radius_m', models.FloatField(null=True)),
                ('note', models.TextField(blank=True, default='')),
                ('state', models.CharField(default='proposed', help_text='proposed, approved, rejected', max_length=16)),
                ('proposed_at', models.DateTimeField()),
                ('proposed_by_id', models.UUIDField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_by_id', models.UUIDField(null=True)),
                ('reason', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'customers_pin_proposal',
                'indexes': [models.Index(models.F('customer'), models.F('proposed_at'), name='customers_pin_customer'), models.Index(models.F('company_id'), models.F('proposed_at'), models.F('id'), condition=models.Q(('state', 'proposed')), name='customers_pin_proposed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('proposed', 'approved', 'rejected'))), name='customers_pin_state'), models.CheckConstraint(condition=models.Q(('name', ''), ('site_id__isnull', True), _negated=True), name='customers_pin_named')],
            },
        ),
        migrations.CreateModel(
            name='Share',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='customers.customer')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.user')),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.UUIDField(null=True)),
            ],
            options={
                'db_table': 'customers_share',
                'indexes': [models.Index(models.F('user'), name='customers_share_user')],
                'constraints': [models.UniqueConstraint(fields=('customer', 'user'), name='customers_share_once')],
            },
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.UUIDField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('edits', models.JSONField(default=dict)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sites', to='customers.customer')),
                ('name', models.CharField(max_length=200)),
                ('address', models.CharField(blank=True, default='', max_length=500)),
                ('lat', models.FloatField(null=True)),
                ('lon', models.FloatField(null=True)),
                ('fence_radius_m', models.FloatField(default=200)),
                ('opening_hours', models.JSONField(null=True)),
                ('datum_given', models.CharField(max_length=16, null=True)),
                ('lat_given', models.FloatField(null=True)),
                ('lon_given', models.FloatField(null=True)),
                ('confirmed', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'customers_site',
                'indexes': [models.Index(models.F('customer'), models.F('name'), models.F('id'), name='customers_site_customer')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', True), ('lon__isnull', True)), models.Q(('lat__range', (-90, 90)), ('lon__range', (-180, 180))), _connector='OR'), name='customers_site_position'), models.CheckConstraint(condition=models.Q(models.Q(('datum_given__isnull', True), ('lat__isnull', True), ('lat_given__isnull', True), ('lon_given__isnull', True)), models.Q(('datum_given__isnull', False), ('lat__isnull', False), ('lat_given__isnull', False), ('lon_given__isnull', False)), _connector='OR'), name='customers_site_position_given'), models.CheckConstraint(condition=models.Q(('fence_radius_m__gt', 0), ('fence_radius_m__lte', 100000)), name='customers_site_fence_radius')],
            },
        ),
        migrations.CreateModel(
            name='SitePosition',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('customer_id', models.UUIDField()),
                ('site_id', models.UUIDField()),
                ('lat', models.FloatField(null=True)),
                ('lon', models.FloatField(null=True)),
                ('fence_radius_m', models.FloatField()),
                ('confirmed', models.BooleanField()),
                ('cause', models.CharField(max_length=16)),
                ('pin_id', models.UUIDField(null=True)),
                ('set_at', models.DateTimeField()),
                ('set_by_id', models.UUIDField()),
            ],
            options={
                'db_table': 'customers_site_position',
                'indexes': [models.Index(fields=['customer_id', '-set_at'], name='customers_site_position_time')],
            },
        ),
    ]
