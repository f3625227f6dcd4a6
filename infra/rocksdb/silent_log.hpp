// RocksDB's own log, left out: it would be a file in clear with row keys in it.
#pragma once

#include <rocksdb/env.h>

#include <cstdarg>

namespace infra {

class SilentLog final : public rocksdb::Logger {
public:
    using rocksdb::Logger::Logv;
    void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

}  // namespace infra
