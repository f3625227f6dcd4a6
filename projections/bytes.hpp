// Numbers as bytes: big-endian in keys, where they have to sort, little-endian in values.
//
// REQUIRES for reading: the bytes are there.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace projections {

template <std::unsigned_integral T>
void append_little_endian(std::string& out, T value) {
    static_assert(std::endian::native == std::endian::little);
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out.append(bytes, sizeof(T));
}

template <std::unsigned_integral T>
T read_little_endian(std::string_view bytes) {
    T value = 0;
    bytes.copy(reinterpret_cast<char*>(&value), sizeof(T));
    return value;
}

template <std::unsigned_integral T>
void append_big_endian(std::string& out, T value) {
    append_little_endian(out, std::byteswap(value));
}

template <std::unsigned_integral T>
T read_big_endian(std::string_view bytes) {
    return std::byteswap(read_little_endian<T>(bytes));
}

}  // namespace projections
