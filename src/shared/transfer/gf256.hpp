// The few single products that a matrix of coefficients over GF(2^8) is made of; long vectors are ISA-L's.
// Its polynomial, x^8 + x^4 + x^3 + x^2 + 1, of which 2 generates all elements but 0: products are sums of
// logarithms, and the vector tables of all 256 coefficients are made once, 8 KiB in microseconds.
// Immutable after its first use; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>

namespace cp::transfer {

class Gf256 {
public:
    using Element = unsigned char;

    static const Gf256& instance();

    // REQUIRES: not 0.
    [[nodiscard]] unsigned log(Element element) const { return logs_[element]; }
    // Of any sum of logarithms; minus a logarithm is minus_log.
    [[nodiscard]] Element exp(unsigned sum) const { return powers_[sum % order]; }
    [[nodiscard]] unsigned minus_log(Element element) const { return order - logs_[element]; }

    static constexpr std::size_t table_most = 32; // bytes that put_table writes at most
    // What ec_encode_data multiplies with for this coefficient. Returns how many bytes that is.
    [[nodiscard]] std::size_t put_table(Element* to, Element coefficient) const {
        const Element* const table = tables_.data() + coefficient * table_bytes_;
        std::memcpy(to, table, 8);
        if (table_bytes_ == table_most) std::memcpy(to + 8, table + 8, table_most - 8);
        return table_bytes_;
    }

private:
    Gf256();

    static constexpr unsigned order = 255; // of the multiplicative group

    std::array<unsigned char, 256> logs_{};
    std::array<Element, order> powers_{};
    std::array<Element, 256 * table_most> tables_{};
    std::size_t table_bytes_ = table_most;
};

} // namespace cp::transfer
