// A whole file encrypted as a good file encryptor does it: in blocks, reading, enciphering, hashing and
// writing on all threads at once. Not synced to disk, as openssl and age do not.
#pragma once

#include "imaging/container_writer.hpp"

#include <string>

namespace cp::bench {

// Throws std::runtime_error.
void encrypt_file(const imaging::FileKey&, const imaging::CounterStart&, const std::string& in,
                  const std::string& out, unsigned threads);

} // namespace cp::bench
