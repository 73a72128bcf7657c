#include "encrypt_file.hpp"

#include <algorithm>
#include <condition_variable>
#include <fcntl.h>
#include <future>
#include <mutex>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace cp::bench {
namespace {

using namespace imaging;

// The ring of them stays in the caches.
constexpr std::size_t block_size = std::size_t{512} << 10U;

class File {
public:
    File(const std::string& path, int flags) : descriptor_{open(path.c_str(), flags | O_CLOEXEC, 0666)} {
        if (descriptor_ < 0) throw std::runtime_error{"cannot open " + path};
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() { close(descriptor_); }

    std::size_t size() const {
        struct stat about {};
        if (fstat(descriptor_, &about) != 0) throw std::runtime_error{"cannot ask for the size"};
        return static_cast<std::size_t>(about.st_size);
    }
    void read(std::span<std::byte> bytes, std::size_t at) const {
        for (std::size_t done = 0; done < bytes.size();) {
            const auto left = bytes.subspan(done);
            done += moved(pread(descriptor_, left.data(), left.size(), static_cast<off_t>(at + done)));
        }
    }
    void write(ByteView bytes, std::size_t at) const {
        for (std::size_t done = 0; done < bytes.size();) {
            const auto left = bytes.subspan(done);
            done += moved(pwrite(descriptor_, left.data(), left.size(), static_cast<off_t>(at + done)));
        }
    }

private:
    static std::size_t moved(ssize_t count) {
        if (count <= 0) throw std::runtime_error{"cannot read or write"};
        return static_cast<std::size_t>(count);
    }
    int descriptor_;
};

class Encryption {
public:
    Encryption(const FileKey& key, const CounterStart& start, const std::string& in, const std::string& out)
        : in_{in, O_RDONLY}, size_{in_.size()}, out_{out, O_WRONLY | O_CREAT | O_TRUNC},
          writer_{ContainerWriter::begin(key, start, size_, header_).value()},
          ring_(std::min(blocks(), blocks_at_once) * block_size) {}

    std::size_t blocks() const { return (size_ + block_size - 1) / block_size; }

    // Of each thread. The tag goes block by block, so the block that is next for it comes first; what may be
    // done beside it is done meanwhile, a few blocks ahead.
    void work() {
        std::unique_lock lock{mutex_};
        try {
            while (!failed_ && next_ < blocks()) {
                if (!authenticating_ && state(next_) == State::enciphered)
                    authenticate_and_write(lock);
                else if (taken_ < blocks() && state(taken_) == State::free)
                    read_and_encipher(lock);
                else
                    changed_.wait(lock);
            }
        } catch (...) {
            if (!lock) lock.lock();
            failed_ = true;
            changed_.notify_all();
            throw;
        }
    }

    void finish() {
        out_.write(writer_.finish(), container_header_size + size_);
        out_.write(header_, 0);
    }

private:
    enum class State { free, busy, enciphered };
    static constexpr std::size_t blocks_at_once = 8;

    // Of the place in the ring that block `n` has or will have.
    State& state(std::size_t n) { return states_[n % blocks_at_once]; }
    std::span<std::byte> block(std::size_t n) {
        return std::span{ring_}.subspan(n % blocks_at_once * block_size,
                                        std::min(block_size, size_ - n * block_size));
    }

    void read_and_encipher(std::unique_lock<std::mutex>& lock) {
        const std::size_t n = taken_++;
        state(n) = State::busy;
        lock.unlock();
        in_.read(block(n), n * block_size);
        writer_.encipher(n * block_size, block(n), block(n));
        lock.lock();
        state(n) = State::enciphered;
        changed_.notify_all();
    }

    void authenticate_and_write(std::unique_lock<std::mutex>& lock) {
        const std::size_t n = next_;
        state(n) = State::busy;
        authenticating_ = true;
        lock.unlock();
        writer_.authenticate(block(n));
        lock.lock();
        authenticating_ = false;
        ++next_;
        changed_.notify_all();
        lock.unlock();
        out_.write(block(n), container_header_size + n * block_size);
        lock.lock();
        state(n) = State::free;
        changed_.notify_all();
    }

    File in_;
    std::size_t size_;
    File out_;
    std::array<std::byte, container_header_size> header_{};
    ContainerWriter writer_;
    Bytes ring_;

    std::mutex mutex_; // of all below
    std::condition_variable changed_;
    std::array<State, blocks_at_once> states_{};
    std::size_t taken_ = 0;
    std::size_t next_ = 0; // for the tag
    bool authenticating_ = false;
    bool failed_ = false;
};

} // namespace

void encrypt_file(const FileKey& key, const CounterStart& start, const std::string& in,
                  const std::string& out, unsigned threads) {
    Encryption encryption{key, start, in, out};
    std::vector<std::future<void>> others;
    const std::size_t useful = std::min<std::size_t>(threads, encryption.blocks());
    for (std::size_t i = 1; i < useful; ++i)
        others.push_back(std::async(std::launch::async, [&] { encryption.work(); }));
    encryption.work();
    for (auto& other : others) other.get();
    encryption.finish();
}

} // namespace cp::bench
