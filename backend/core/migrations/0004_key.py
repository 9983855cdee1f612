from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0003_accepted_conflicts'),
    ]

    operations = [
        migrations.AddField(
            model_name='commandrecord',
            name='key_id',
            field=models.UUIDField(help_text='the API key that it came with', null=True),
        ),
    ]
