"""What installing and uninstalling need beside data files."""


def post_init_hook(env):
    """Give every company that has none a policy made after the default one."""
    # sudo is not needed: hooks run as superuser
    default = env.ref("complaint_management.complaint_policy_default")
    default.office_user_ids |= env.ref("base.user_admin")


def uninstall_hook(env):
    """Drop the numbering of the policies, which no external id ties to the add-on."""
    env["complaint.policy"].with_context(active_test=False).search(
        []
    ).sequence_id.unlink()
