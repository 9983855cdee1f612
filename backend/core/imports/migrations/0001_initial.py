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
            name='Import',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('user_id', models.UUIDField(help_text='who uploaded it')),
                ('noun', models.CharField(max_length=64)),
                ('file_name', models.CharField(max_length=200)),
                ('file_format', models.CharField(max_length=64)),
                ('file_bytes', models.BigIntegerField()),
                ('file_digest', models.CharField(help_text='SHA-256 in hex, over the file and how it is to be read', max_length=64)),
                ('header', models.JSONField(default=list)),
                ('defaults', models.JSONField(default=dict)),
                ('rows', models.IntegerField()),
                ('done', models.IntegerField(default=0)),
                ('state', models.CharField(choices=[('checking', 'Checking'), ('checked', 'Checked'), ('applying', 'Applying'), ('applied', 'Applied'), ('failed', 'Failed')], default='checking', max_length=16)),
                ('mode', models.CharField(choices=[('all_or_nothing', 'All Or Nothing'), ('skip_errors', 'Skip Errors')], max_length=16, null=True)),
                ('counts', models.JSONField(default=dict)),
                ('error', models.JSONField(null=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('beat_at', models.DateTimeField()),
                ('applied_at', models.DateTimeField(null=True)),
                ('applied_by_id', models.UUIDField(null=True)),
            ],
            options={
                'db_table': 'imports_import',
                'indexes': [models.Index(fields=['company_id', 'user_id', '-id'], name='imports_import_user'), models.Index(fields=['company_id', 'expires_at'], name='imports_import_expiry')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['checking', 'checked', 'applying', 'applied', 'failed'])), name='imports_import_state'), models.CheckConstraint(condition=models.Q(('mode__in', ['all_or_nothing', 'skip_errors'])), name='imports_import_mode')],
            },
        ),
        migrations.CreateModel(
            name='ImportPart',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('pk', models.CompositePrimaryKey('source_id', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='imports.import')),
                ('number', models.IntegerField(help_text='0 is the first')),
                ('first_row', models.IntegerField()),
                ('content', models.BinaryField()),
                ('results', models.BinaryField(null=True)),
                ('counts', models.JSONField(default=dict)),
                ('applied', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'imports_part',
            },
        ),
    ]
