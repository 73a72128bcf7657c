// Reads tests/vectors/*.txt: records that "[name]" opens, lines "key = value", '#' comments.
#pragma once

#include "base/bytes.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cp::test {

[[nodiscard]] inline Bytes from_hex(std::string_view text) {
    if (text.size() % 2 != 0) throw std::invalid_argument{"odd number of hexadecimal digits"};
    Bytes out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        out.push_back(static_cast<std::byte>(std::stoul(std::string{text.substr(i, 2)}, nullptr, 16)));
    }
    return out;
}

template <std::size_t N>
[[nodiscard]] std::array<std::byte, N> array_from_hex(std::string_view text) {
    const Bytes bytes = from_hex(text);
    if (bytes.size() != N) throw std::invalid_argument{"another number of bytes"};
    std::array<std::byte, N> out{};
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

struct VectorRecord {
    std::string name;
    std::map<std::string, std::string> fields;

    [[nodiscard]] bool has(const std::string& key) const { return fields.contains(key); }
    [[nodiscard]] const std::string& text(const std::string& key) const { return fields.at(key); }
    [[nodiscard]] Bytes bytes(const std::string& key) const { return from_hex(text(key)); }
};

[[nodiscard]] inline std::vector<VectorRecord> read_vectors(const std::string& file) {
    std::ifstream in{std::string{CP_TESTS_DIR} + "/vectors/" + file};
    BOOST_TEST_REQUIRE(in.is_open(), "cannot open tests/vectors/" << file);
    std::vector<VectorRecord> records;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#') continue;
        if (line[0] == '[') {
            records.push_back({line.substr(1, line.rfind(']') - 1), {}});
            continue;
        }
        const auto equals = line.find(" =");
        if (records.empty() || equals == std::string::npos)
            throw std::invalid_argument{"not a vector: " + line};
        const auto value = std::min(equals + 3, line.size());
        records.back().fields[line.substr(0, equals)] = line.substr(value);
    }
    return records;
}

[[nodiscard]] inline const VectorRecord& find(const std::vector<VectorRecord>& records,
                                              std::string_view name) {
    for (const VectorRecord& record : records) {
        if (record.name == name) return record;
    }
    throw std::invalid_argument{"no vector " + std::string{name}};
}

} // namespace cp::test
