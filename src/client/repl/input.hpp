// Blocking input that another thread can end. Linux.
#pragma once

#include "files/descriptor.hpp"

#include <cstddef>
#include <span>

namespace cp::client {

class Input {
public:
    explicit Input(int fd); // not owned

    // How many bytes were read; 0 at the end, after stop(), or when reading fails: there is no more input
    // then.
    [[nodiscard]] std::size_t read(std::span<char>);
    void stop() noexcept; // from any thread or signal handler

private:
    int fd_;
    Descriptor stopped_; // an eventfd: readable for good after stop()
};

} // namespace cp::client
