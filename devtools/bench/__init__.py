"""`./dev bench`: the paths of shared/performance.md, measured against the peers."""
