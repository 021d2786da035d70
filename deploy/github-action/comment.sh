#!/bin/sh
# Puts a comment under a pull request that changes MCP configuration, or renews the one that is there.
# Wants GH_TOKEN, GITHUB_REPOSITORY, NUMBER (of the pull request), FILE (the comment).
set -eu
MARK='<!-- tollhouse -->'
PLACES='(^|/)(\.mcp\.json|mcp\.json|mcp_settings\.json|\.codex/config\.toml|\.gemini/settings\.json|\.zed/settings\.json)$'

pull=repos/$GITHUB_REPOSITORY/pulls/$NUMBER/files
comments=repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments
if ! gh api --paginate "$pull" --jq '.[].filename' | grep --extended-regexp --quiet "$PLACES"; then
  echo "This pull request changes no MCP configuration."
  exit 0
fi
# Comments hold 65,536 characters.
{ echo "$MARK"; head -c 60000 "$FILE"; } > "$FILE.marked"
own=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$MARK\")) | .id" | head -n 1)
if [ -n "$own" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$own" --field "body=@$FILE.marked" --silent
else
  gh api --method POST "$comments" --field "body=@$FILE.marked" --silent
fi
