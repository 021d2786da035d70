#!/bin/sh
# Looks at the MCP configurations of a project: a comment, a log for code scanning, and whether findings fail the job.
# Wants PROJECT, OUT (a folder), CATALOGUE (a file, an address or nothing), INTROSPECT (true or false), FAIL_ON, GITHUB_OUTPUT.
set -eu
mkdir -p "$OUT"

case $CATALOGUE in
http://* | https://*)
  curl --fail --silent --show-error --location --max-filesize 1000000000 --output "$OUT/catalogue" "$CATALOGUE"
  CATALOGUE=$OUT/catalogue
  ;;
esac
if [ -n "$CATALOGUE" ]; then
  # Published catalogues are compressed.
  if gzip --test "$CATALOGUE" 2>/dev/null; then gzip --decompress --stdout "$CATALOGUE"; else cat "$CATALOGUE"; fi |
    tollhouse import -
fi
if [ "$INTROSPECT" = true ]; then
  tollhouse stack --only-project --project "$PROJECT" --introspect --format json > "$OUT/stack.json"
fi
tollhouse stack --only-project --project "$PROJECT" --format markdown > "$OUT/comment.md"
tollhouse stack --only-project --project "$PROJECT" --format sarif > "$OUT/tollhouse.sarif"
failed=0
tollhouse stack --only-project --project "$PROJECT" --fail-on "$FAIL_ON" > "$OUT/stack.txt" || failed=$?
test "$failed" -le 1
echo "failed=$failed" >> "$GITHUB_OUTPUT"
