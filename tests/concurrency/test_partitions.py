"""The first points of a day come from many phones at once: its partition is made once, and nobody is turned away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

from django.db import connection, transaction

from core.partitions import make_days
from trails.models import Segment

_WRITERS = 6
_DAYS = [date(2031, 1, 1) + timedelta(days=number) for number in range(8)]


def test_many_make_the_same_days_at_once() -> None:
    together = Barrier(_WRITERS)

    def write() -> None:
        try:
            connection.ensure_connection()
            for day in _DAYS:
                together.wait()
                with transaction.atomic():
                    make_days(Segment, [day])
        except BaseException:
            together.abort()
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(_WRITERS) as pool:
        for done in [pool.submit(write) for _ in range(_WRITERS)]:
            done.result()
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_inherits i join pg_class c on c.oid = i.inhrelid"
            " where i.inhparent = 'trails_segment'::regclass and c.relname like 'trails_segment_p2031%'"
        )
        assert cursor.fetchone()[0] == len(_DAYS)
