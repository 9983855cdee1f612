import core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Category',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.UUIDField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('edits', models.JSONField(default=dict)),
                ('name', models.CharField(max_length=200)),
                ('parent', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='catalog.category')),
            ],
            options={
                'db_table': 'catalog_category',
                'indexes': [models.Index(models.F('company_id'), models.F('name'), models.F('id'), name='catalog_category_name'), models.Index(models.F('parent'), condition=models.Q(('parent__isnull', False)), name='catalog_category_parent')],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='catalog_category_named'), models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='catalog_category_not_its_own_parent')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.UUIDField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('edits', models.JSONField(default=dict)),
                ('code', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=200)),
                ('category', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalog.category')),
                ('unit', models.CharField(max_length=32)),
                ('price', models.DecimalField(decimal_places=4, max_digits=18)),
                ('currency', models.CharField(max_length=3)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'catalog_product',
                'indexes': [models.Index(models.F('company_id'), models.F('name'), models.F('id'), name='catalog_product_name'), models.Index(models.F('category'), condition=models.Q(('category__isnull', False)), name='catalog_product_category')],
                'constraints': [models.UniqueConstraint(models.F('company_id'), models.F('code'), name='catalog_product_code'), models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='catalog_product_price'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='catalog_product_currency')],
            },
        ),
    ]
