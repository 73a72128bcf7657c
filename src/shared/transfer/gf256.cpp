#include "transfer/gf256.hpp"

#include <isa-l/erasure_code.h>

#include <numeric>

namespace cp::transfer {

const Gf256& Gf256::instance() {
    static const Gf256 one;
    return one;
}

Gf256::Gf256() {
    Element power = 1;
    for (unsigned log = 0; log < order; ++log) {
        powers_[log] = power;
        logs_[power] = static_cast<unsigned char>(log);
        power = gf_mul(power, 2);
    }
    std::array<Element, 256> all{};
    std::iota(all.begin(), all.end(), Element{0});
    ec_init_tables(static_cast<int>(all.size()), 1, all.data(), tables_.data());
    // From 2.31 on, and where the processor multiplies by itself (GFNI), a table has 8 bytes: then the place
    // of the last one's product with 1 is empty.
    if (tables_[255 * table_most + 1] == 0) table_bytes_ = 8;
}

} // namespace cp::transfer
