from . import bench_bare, bench_stage
