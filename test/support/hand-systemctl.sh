#!/bin/bash
# systemctl without systemd, for a test: does by hand what the units say, in a folder of its own ($MACHINE).
set -eu
setting() { sed -n "s/^$1=//p" "$2"; }

start() {
  case $1 in
    redis-server) cd "$MACHINE/var/lib/redis"; exec setsid redis-server "$MACHINE/etc/redis/redis.conf" ;;
    # Only what an installation has to itself: its ports, and no root to trust a CA with.
    caddy) own_caddyfile; exec setsid caddy run --config "$MACHINE/run/Caddyfile" ;;
    propromo-chat@*)
      local unit=$MACHINE/etc/systemd/system/propromo-chat@.service port=${1#*@}
      set -a
      for word in $(setting Environment "$unit"); do eval "${word//%i/$port}"; done
      . "$(setting EnvironmentFile "$unit" | sed "s|^/etc|$MACHINE/etc|")"
      exec setsid $(setting ExecStart "$unit" | sed "s|^/usr/local/bin|$MACHINE/usr/local/bin|") ;;
    *) echo "Unit $1.service not found." >&2; exit 5 ;;
  esac
}

own_caddyfile() {
  awk -v own="$CADDY_GLOBALS" '{ print } /^{$/ { print own }' "$MACHINE/etc/caddy/Caddyfile" > "$MACHINE/run/Caddyfile"
}

up() {
  [ ! -f "$MACHINE/run/$1" ] || return 0
  mkdir -p "$MACHINE/run" "$MACHINE/log"
  start "$1" >> "$MACHINE/log/$1" 2>&1 < /dev/null &
  echo $! > "$MACHINE/run/$1"
  # Debian's unit of Caddy is of Type=notify: its start has ended when Caddy is there.
  [ "$1" != caddy ] || until grep -q 'serving initial configuration' "$MACHINE/log/caddy"; do sleep 0.05; done
}

down() {
  [ -f "$MACHINE/run/$1" ] || return 0
  local pid; pid=$(cat "$MACHINE/run/$1")
  kill "$pid" 2> /dev/null || true
  while kill -0 "$pid" 2> /dev/null; do sleep 0.05; done
  rm -f "$MACHINE/run/$1"
}

verb=$1; shift
[ "${1:-}" != --now ] || shift
for unit in "$@"; do
  case $verb in
    enable | start) up "$unit" ;;
    stop) down "$unit" ;;
    restart) down "$unit"; up "$unit" ;;
    # Debian's unit of Caddy: ExecReload.
    reload) own_caddyfile; caddy reload --config "$MACHINE/run/Caddyfile" --force ;;
  esac
done
