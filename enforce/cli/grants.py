"""Who may reach which server of a gateway, by which policy; and what of a changed configuration counts at once."""

from msgspec.structs import replace

from enforce.gatewayfile import Behind, GatewayConfig
from enforce.identities import LOCAL, Identity


def grants(config: GatewayConfig, server: Behind) -> dict[str, str]:
    """The policy file of everybody who may reach a server, by the name of the identity."""
    if not config.identities:
        return {LOCAL: str(server.policy)}
    return {each.name: each.grants[server.name] for each in config.identities if server.name in each.grants}


def named(config: GatewayConfig) -> list[str]:
    """Every policy file that is named, once."""
    return sorted({path for server in config.servers for path in grants(config, server).values()})


def fixed(config: GatewayConfig) -> GatewayConfig:
    """The part of a configuration that only a new start changes."""
    return replace(config, identities=())


def without_any(new: GatewayConfig, old: GatewayConfig) -> GatewayConfig:
    """*new*, where its last identity was taken out: nobody may come then, not everybody, and not still those of *old*."""
    if new.identities:
        return new
    return replace(new, identities=tuple(map(_emptied, old.identities)))


def narrowed(old: GatewayConfig, new: GatewayConfig) -> GatewayConfig:
    """*old* without what *new* does not give any more: a token that is taken back must not wait for a new start."""
    kept = {each.name: each for each in new.identities}
    return replace(old, identities=tuple(_common(each, kept.get(each.name)) for each in old.identities))


def _common(old: Identity, new: Identity | None) -> Identity:
    """An identity by its new tokens and to its new end, where it may go by the old file and by the new one."""
    if new is None:
        return _emptied(old)
    return replace(new, grants={server: path for server, path in old.grants.items() if server in new.grants})


def _emptied(identity: Identity) -> Identity:
    """Somebody who cannot come in any more."""
    return replace(identity, token_sha256="", old_sha256="", jwt_subject="", grants={})
