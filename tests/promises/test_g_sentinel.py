"""G. Outages: a Sentinel set's primary is killed in the middle of a digest."""

from contextlib import ExitStack, suppress

from redis.exceptions import RedisError

from tests.promises import kit
from tests.promises.post import Post
from tests.promises.watched import Watched
from workers.store.server.connection import connect


def test_44_the_primary_is_killed_in_the_middle_of_a_digest(tmp_path, clock, figure):
    """44: the primary is killed in the middle of a digest: each message once.

    The Sentinels make the replica the primary; the worker goes on there.
    """
    with ExitStack() as stack:
        watched = stack.enter_context(Watched())
        crew = kit.Crew(tmp_path, {"REDIS_URL": watched.url}, clock)
        stack.callback(crew.close)
        redis = stack.enter_context(connect(watched.url))
        post = Post(stack, crew, redis, clock)
        post.trap.aim("accepted", 4, lambda: watched.kill(watched.primary))
        post.open()
        kit.until(lambda: post.trap.struck or step(post), "a kill in the middle")
        post.finish()
        unsure = post.check("the primary was killed")
        assert redis.role()[0] == b"master"
        figure(f"0 lost, 0 doubled, {unsure} `uncertain`")


def step(post):
    """One look of the ticker; nothing while there is no primary."""
    with suppress(RedisError):
        post.drive.step(post.pids)
