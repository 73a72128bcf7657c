// A file descriptor with one owner.
#pragma once

#include <cerrno>
#include <unistd.h>
#include <utility>

namespace cp {

class Descriptor {
public:
    explicit Descriptor(int fd = -1) : fd_{fd} {}
    Descriptor(Descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }

    [[nodiscard]] int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    // 0, or the errno of close(2): network file systems tell only now that the disk is full.
    [[nodiscard]] int close() { return ::close(std::exchange(fd_, -1)) == 0 ? 0 : errno; }

private:
    int fd_;
};

} // namespace cp
