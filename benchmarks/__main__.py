"""`make bench`, or `python -m benchmarks [case …]`: repeatable measurements, each beside a floor of the same run."""

import sys
import time


def main(names: list[str]) -> int:
    """Run the cases named, all by default; returns 1 when one falls short."""
    from benchmarks.server import running_server, use_bench_database

    use_bench_database()
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.cases import ALL

    unknown = set(names) - ALL.keys()
    if unknown:
        print(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(ALL)}")
        return 2
    call_command("migrate", verbosity=0)
    short = 0
    with running_server() as server:
        for name in names or ALL:
            began = time.perf_counter()
            for result in ALL[name](server):
                short += not result.reached
                print(f"{'ok   ' if result.reached else 'SHORT'} {result.work}")
                print(f"      {result.figure}   (must reach {result.must})")
                if result.floor:
                    print(f"      floor: {result.floor}")
            print(f"      [{name}: {time.perf_counter() - began:.0f} s with its data]", flush=True)
    print("every figure reached" if not short else f"{short} figures fall short")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
