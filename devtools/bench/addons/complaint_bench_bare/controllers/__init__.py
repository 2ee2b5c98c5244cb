from . import bench_form
