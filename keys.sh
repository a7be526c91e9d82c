#!/usr/bin/env bash
# Makes the keys that sign tickets, and checks them.
set -euo pipefail
umask 077 # a private key is nobody else's to read, from its first byte on

usage() {
  cat <<'TEXT'
Makes the keys that sign tickets, and checks them.

  ./keys.sh rs512 [folder]        a 4096-bit RSA key, encrypted with AES-256: private.pem and public.pem
  ./keys.sh certificate [folder]  the same, unencrypted and with a self-signed certificate in private.pem
  ./keys.sh hs256                 prints a secret for development
  ./keys.sh check [folder]        checks private.pem, and that public.pem belongs to it

The folder is the present one unless given. The passphrase is taken from the environment variable
JWT_PRIVATE_KEY_PASSPHRASE, or asked for. An existing key is never overwritten.
TEXT
}

main() {
  [ $# -le 2 ] || misused "Cannot take more than a command and a folder"
  case ${2-} in -*) misused "Cannot use '$2' as a folder: there are no options" ;; esac
  command -v openssl >/dev/null || fail "Cannot work with keys: the openssl program is not installed"

  case "${1-}" in
    rs512) make_rs512 "${2-.}" ;;
    certificate) make_certificate "${2-.}" ;;
    hs256) make_hs256 ;;
    check) check "${2-.}" ;;
    help | -h | --help) usage ;;
    '') misused "Cannot tell what to make: no command given" ;;
    *) misused "Cannot do '$1': there is no such command" ;;
  esac
}

make_rs512() {
  local dir
  dir=$(folder "$1")
  refuse_to_overwrite "$dir"
  workshop "$dir"
  # Guides add `-pkeyopt digest:sha512` here. OpenSSL 3 refuses it, and nothing is lost without it: an RSA key
  # has no digest. SHA-512 belongs to the signature, and RS512 chooses it each time a ticket is signed.
  "${genpkey[@]}" -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -aes256 -out "$work/private.pem" 2>"$work/errors" ||
    explain "Cannot make the key: its passphrase must have four characters or more, typed twice alike"
  [ -n "${JWT_PRIVATE_KEY_PASSPHRASE-}" ] || say "The passphrase once more, to take the public key out:"
  "${rsa[@]}" -in "$work/private.pem" -pubout -outform PEM -out "$work/public.pem" 2>"$work/errors" ||
    explain "Cannot take the public key out: that was another passphrase. Nothing was kept, begin again"
  hand_over "$dir"
  echo "# and JWT_PRIVATE_KEY_PASSPHRASE, from wherever you keep secrets"
}

make_certificate() {
  local dir
  dir=$(folder "$1")
  refuse_to_overwrite "$dir"
  workshop "$dir"
  openssl req -x509 -newkey rsa:4096 -keyout "$work/private.pem" -out "$work/private.pem" -days 3650 -nodes \
    -subj '/CN=propromo.chat' -sha512 2>"$work/errors" || explain "Cannot make the certificate"
  openssl x509 -in "$work/private.pem" -pubkey -noout >"$work/public.pem" 2>"$work/errors" ||
    explain "Cannot take the public key out of the certificate"
  hand_over "$dir"
  say "private.pem is not encrypted: whoever can read the file can sign tickets."
}

make_hs256() {
  # The secret alone goes to standard output, so that SECRET=$(./keys.sh hs256) holds nothing else.
  openssl rand -base64 32
  say "For development: JWT_ALGORITHM=HS256, and this as both JWT_PRIVATE_KEY and JWT_PUBLIC_KEY."
}

check() {
  local private="$1/private.pem" public="$1/public.pem" report modulus bits
  [ -r "$private" ] || fail "Cannot check $private: there is no such file, or it may not be read"
  [ -r "$public" ] || fail "Cannot check $public: there is no such file, or it may not be read"
  workshop "${TMPDIR:-/tmp}"

  # One call answers everything, so that a passphrase is asked for once.
  report=$("${rsa[@]}" -in "$private" -check -modulus -noout 2>"$work/errors") ||
    explain "Cannot read $private: it is no RSA key, or the passphrase is wrong"
  # OpenSSL 1.1.1 reports a broken key and still ends with success: what it says decides.
  case $report in *"RSA key ok"*) ;; *) explain "$private is broken: make a new key" ;; esac
  modulus=${report##*Modulus=}
  modulus=${modulus%%[!0-9A-F]*}
  bits=$((${#modulus} * 4))
  [ "$bits" -ge 2048 ] || fail "$private is too weak: it has $bits bits, RS512 needs at least 2048. Make a new key"

  report=$(openssl rsa -pubin -in "$public" -modulus -noout 2>"$work/errors") ||
    explain "Cannot read $public: it is no RSA public key"
  [ "$report" = "Modulus=$modulus" ] ||
    fail "$public does not belong to $private: extract it again, as docs/run.md says"

  if [ -n "$(find "$private" \( -perm -040 -o -perm -004 \))" ]; then
    say "Others on this machine may read $private: chmod 600 it."
  fi
  echo "RSA key ok, $bits bits; public.pem belongs to private.pem."
}

# --- what the commands share ---

folder() {
  # One chain: inside $( ) bash forgets `set -e`, and would go on in the wrong folder.
  { mkdir -p -- "$1" && CDPATH='' cd -- "$1" && pwd; } || fail "Cannot use $1 as a folder"
}

refuse_to_overwrite() {
  local file
  for file in "$1/private.pem" "$1/public.pem"; do
    # -L too: a link that leads nowhere would otherwise be written through.
    if [ -e "$file" ] || [ -L "$file" ]; then
      fail "Cannot make a key: $file exists. Name another folder, or move it away" \
        "(but see 'Changing keys' in docs/run.md: its public key is needed a while longer)"
    fi
  done
}

# Keys are made in a folder of their own and moved when complete: a wrong passphrase or Ctrl-C leaves nothing behind.
workshop() {
  work=$(mktemp -d "$1/.keys.XXXXXX") || fail "Cannot write into $1"
  trap 'rm -rf -- "$work"' EXIT
  trap 'exit 130' INT TERM HUP
  genpkey=(openssl genpkey) rsa=(openssl rsa)
  # By the name of the variable, never its value: a command line is there for every process to read.
  if [ -n "${JWT_PRIVATE_KEY_PASSPHRASE-}" ]; then
    genpkey+=(-pass env:JWT_PRIVATE_KEY_PASSPHRASE)
    rsa+=(-passin env:JWT_PRIVATE_KEY_PASSPHRASE)
  fi
}

hand_over() {
  chmod 644 "$work/public.pem"
  refuse_to_overwrite "$1" # once more: typing a passphrase takes time
  mv -- "$work/private.pem" "$work/public.pem" "$1/"
  say "Made $1/private.pem and $1/public.pem. Put into the environment:"
  echo "JWT_ALGORITHM=RS512"
  echo "JWT_PRIVATE_KEY=$1/private.pem"
  echo "JWT_PUBLIC_KEY=$1/public.pem"
}

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$*."
  exit 1
}

# What openssl wrote, but for its dots, stands above our sentence: it names the cause, ours what it means.
explain() {
  grep -v '^[.+*-]*$' "$work/errors" >&2 || true
  fail "$*"
}

misused() {
  say "$*."
  say
  usage >&2
  exit 2
}

main "$@"
