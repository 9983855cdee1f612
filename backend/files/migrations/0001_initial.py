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
            name='File',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('sha256', models.CharField(max_length=64)),
                ('bytes', models.BigIntegerField()),
                ('media_type', models.CharField(max_length=64)),
                ('state', models.CharField(max_length=16)),
                ('code', models.CharField(max_length=64, null=True)),
                ('details', models.JSONField(default=dict, help_text='of the code')),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('width', models.IntegerField(null=True)),
                ('height', models.IntegerField(null=True)),
                ('dhash', models.BigIntegerField(null=True)),
                ('stored_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('unnamed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'files_file',
                'indexes': [models.Index(fields=['company_id', 'stored_at'], name='files_file_stored')],
                'constraints': [models.UniqueConstraint(fields=('company_id', 'sha256'), name='files_file_content'), models.CheckConstraint(condition=models.Q(('state__in', ['stored', 'rejected'])), name='files_file_state'), models.CheckConstraint(condition=models.Q(('state', 'rejected'), models.Q(('name', ''), _negated=True), _connector='OR'), name='files_file_named')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('source', models.CharField(help_text="which table's rows it comes from", max_length=32)),
                ('scope_id', models.UUIDField()),
                ('subject_kind', models.CharField(max_length=32)),
                ('subject_id', models.UUIDField()),
                ('kind', models.CharField(max_length=16)),
                ('sha256', models.CharField(max_length=64)),
                ('bytes', models.BigIntegerField()),
                ('media_type', models.CharField(max_length=64)),
                ('user_id', models.UUIDField(help_text='whose command named it')),
                ('device_id', models.UUIDField(help_text='on which device it lies, if it came from one', null=True)),
                ('wanted', models.BooleanField(default=True)),
                ('state', models.CharField(max_length=16)),
                ('code', models.CharField(help_text='why it was rejected', max_length=64, null=True)),
                ('file', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='files.file')),
                ('width', models.IntegerField(null=True)),
                ('height', models.IntegerField(null=True)),
                ('exif', models.JSONField(help_text='time, position and device as the picture itself says', null=True)),
                ('readable', models.BooleanField(help_text='whether the picture could be decoded; null before that', null=True)),
                ('renditions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
                ('prepared_at', models.DateTimeField(help_text='when the picture was looked into and renditions made', null=True)),
                ('near_duplicate', models.BooleanField(default=False, help_text='looks like a picture of another subject')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'files_attachment',
                'indexes': [models.Index(fields=['company_id', 'sha256'], name='files_attachment_content'), models.Index(fields=['subject_id', 'id'], name='files_attachment_subject'), models.Index(condition=models.Q(('file__isnull', False)), fields=['file'], name='files_attachment_file'), models.Index(condition=models.Q(('state', 'missing'), ('wanted', True)), fields=['user_id'], name='files_attachment_missing'), models.Index(condition=models.Q(('prepared_at__isnull', True), ('state', 'stored')), fields=['company_id'], name='files_attachment_unprepared')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['missing', 'stored', 'rejected'])), name='files_attachment_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'stored'), _negated=True), ('file__isnull', False), _connector='OR'), name='files_attachment_stored')],
            },
        ),
        migrations.CreateModel(
            name='Fingerprint',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('pk', models.CompositePrimaryKey('company_id', 'band', 'value', 'file_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('band', models.SmallIntegerField(help_text='0 to 3')),
                ('value', models.IntegerField(help_text='16 bits')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='files.file')),
            ],
            options={
                'db_table': 'files_fingerprint',
            },
        ),
        migrations.CreateModel(
            name='Likeness',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('pk', models.CompositePrimaryKey('attachment_id', 'other_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('attachment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='files.attachment')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='files.attachment')),
                ('distance', models.SmallIntegerField()),
            ],
            options={
                'db_table': 'files_likeness',
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('user_id', models.UUIDField()),
                ('device_id', models.UUIDField(null=True)),
                ('sha256', models.CharField(max_length=64)),
                ('bytes', models.BigIntegerField()),
                ('media_type', models.CharField(max_length=64)),
                ('received', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'files_upload',
                'indexes': [models.Index(fields=['company_id', 'expires_at'], name='files_upload_expiry')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('finished_at__isnull', True)), fields=('company_id', 'user_id', 'sha256'), name='files_upload_once'), models.CheckConstraint(condition=models.Q(('received__gte', 0), ('received__lte', models.F('bytes'))), name='files_upload_received')],
            },
        ),
        migrations.CreateModel(
            name='UploadPart',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('pk', models.CompositePrimaryKey('upload_id', 'start', blank=True, editable=False, primary_key=True, serialize=False)),
                ('upload', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='files.upload')),
                ('start', models.BigIntegerField()),
                ('bytes', models.BigIntegerField()),
                ('name', models.CharField(max_length=200)),
            ],
            options={
                'db_table': 'files_upload_part',
            },
        ),
    ]
