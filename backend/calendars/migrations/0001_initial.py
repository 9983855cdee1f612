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
            name='WorkCalendar',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('org_unit', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit')),
                ('name', models.CharField(max_length=200)),
                ('time_zone', models.CharField(max_length=64, null=True)),
                ('week', models.JSONField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('updated_by_id', models.UUIDField()),
            ],
            options={
                'db_table': 'calendars_calendar',
                'indexes': [models.Index(fields=['company_id', 'name', 'id'], name='calendars_calendar_name'), models.Index(fields=['org_unit'], name='calendars_calendar_org_unit')],
                'constraints': [models.UniqueConstraint(fields=('company_id', 'org_unit'), name='calendars_calendar_unit', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.company')),
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('work_calendar', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='days', to='calendars.workcalendar')),
                ('day', models.DateField()),
                ('works', models.BooleanField()),
                ('hours', models.JSONField(null=True)),
                ('name', models.CharField(blank=True, default='', max_length=200)),
            ],
            options={
                'db_table': 'calendars_day',
                'constraints': [models.UniqueConstraint(fields=('work_calendar', 'day'), name='calendars_day_once'), models.CheckConstraint(condition=models.Q(('works', True), ('hours__isnull', True), _connector='OR'), name='calendars_day_holiday_no_hours')],
            },
        ),
    ]
