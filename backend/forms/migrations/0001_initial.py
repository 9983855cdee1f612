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
            name='Form',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.UUIDField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('edits', models.JSONField(default=dict)),
                ('code', models.CharField(max_length=64)),
                ('names', models.JSONField()),
                ('archived_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'forms_form',
                'constraints': [models.UniqueConstraint(models.F('company_id'), models.F('code'), name='forms_form_code')],
            },
        ),
        migrations.CreateModel(
            name='FormDraft',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('form', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='draft', to='forms.form')),
                ('definition', models.JSONField()),
                ('saved_at', models.DateTimeField()),
                ('saved_by_id', models.UUIDField()),
            ],
            options={
                'db_table': 'forms_form_draft',
            },
        ),
        migrations.CreateModel(
            name='FormVersion',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('form', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='forms.form')),
                ('number', models.IntegerField()),
                ('definition', models.JSONField()),
                ('published_at', models.DateTimeField()),
                ('published_by_id', models.UUIDField()),
            ],
            options={
                'db_table': 'forms_form_version',
                'constraints': [models.UniqueConstraint(fields=('form', 'number'), name='forms_form_version_number'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='forms_form_version_counted')],
            },
        ),
    ]
