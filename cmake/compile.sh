#!/bin/sh
# compile.sh BASE COMPILER ARGUMENTS: compiles through ccache, which sees paths below BASE as
# relative, so that clones in different places share what was compiled.
#
# A precompiled header names the clone's files: it is made in each, and is too large to be kept.
# Beside it goes a checksum of what it was made from, and ccache looks at that instead.
export CCACHE_BASEDIR="$1" CCACHE_NOHASHDIR=1
export CCACHE_PCH_EXTSUM=1 CCACHE_SLOPPINESS=pch_defines,time_macros
shift
case " $* " in
*" -emit-pch "*) "$@" || exit ;;
*) exec ccache "$@" ;;
esac

while [ $# -gt 1 ]; do
    case $1 in
    -MF) dependencies=$2 ;;
    -o) header=$2 ;;
    esac
    shift
done
# The dependencies are a line each, behind the target's own.
sed -e 's/^[^:]*://' -e 's/\\$//' "$dependencies" | xargs cat | sha256sum >"$header.sum"
