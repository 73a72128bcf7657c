#!/usr/bin/env bash
# Fails when a static library references what a protocol core must not touch: clocks, sockets, threads,
# files, the environment, global generators, loggers. Usage: check_pure.sh ARCHIVE
set -euo pipefail
archive=${1:?usage: check_pure.sh ARCHIVE}
forbidden='std::chrono::_V2::(steady|system)_clock::now|random_device|\bgetenv\b|\bsecure_getenv\b'
forbidden+='|\b(socket|sendto|sendmsg|sendmmsg|recvfrom|recvmsg|recvmmsg|bind|connect|listen|accept)$'
forbidden+='|\bpthread_create\b|std::thread::_M_start_thread|std::basic_[io]?f(ile)?stream|std::basic_filebuf'
forbidden+='|\b(fopen|fopen64|open|open64|openat|creat)$|\b(rand|srand|random|time|clock_gettime|gettimeofday)$'
forbidden+='|std::(cout|cerr|clog)$|\b(printf|puts)$|boost::log|boost::asio'
# An archive that cannot be read has proved nothing.
symbols=$(nm -uC "$archive" 2>/dev/null) || { echo "cannot read $archive" && exit 1; }
if found=$(printf '%s\n' "$symbols" | sed 's/@.*//' | grep -E "^ +U .*($forbidden)" | sort -u); then
  echo "$archive is declared PURE but references:"
  echo "$found"
  exit 1
fi
