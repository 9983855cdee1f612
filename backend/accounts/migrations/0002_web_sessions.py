import core.ids
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.user')),
                ('page', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=200)),
                ('query', models.CharField(max_length=2000)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'accounts_saved_view',
                'constraints': [models.UniqueConstraint(fields=('user', 'page', 'name'), name='accounts_saved_view_name')],
            },
        ),
        migrations.CreateModel(
            name='WebSession',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('hash', models.BinaryField(primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.user')),
                ('begun_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'accounts_web_session',
                'indexes': [models.Index(fields=['company_id', 'user'], name='accounts_web_session_user'), models.Index(fields=['company_id', 'expires_at'], name='accounts_web_session_expiry')],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='theme',
            field=models.CharField(default='auto', help_text='auto, light, dark', max_length=8),
        ),
        migrations.AddField(
            model_name='user',
            name='time_zone',
            field=models.CharField(blank=True, default='', help_text="empty: the company's", max_length=64),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('theme__in', ['auto', 'light', 'dark'])), name='accounts_user_theme_known'),
        ),
    ]
