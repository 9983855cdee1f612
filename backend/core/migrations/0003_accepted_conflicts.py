from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_about'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='conflict',
            name='conflict_state',
        ),
        migrations.AddConstraint(
            model_name='conflict',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'restored', 'accepted'])), name='conflict_state'),
        ),
    ]
