// CPE1 without cluster and client, for measuring.
//   cpe1_tool memory MIB [THREADS]   encrypts so much in place, by each thread its own, five times: MB/s of
//   the median cpe1_tool file IN OUT            a whole file; not synced to disk, as openssl and age do not
#include "imaging/job.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <iostream>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace cp;
using namespace cp::imaging;

namespace {

Job job_for(ByteView input) {
    Job job;
    job.keys = file_key_for(Username{"bench"}, {}, job.seed).value().keys;
    job.input = input;
    return job;
}

void encrypt_in_place(std::span<std::byte> file) {
    const Job job = job_for(ByteView{file}.subspan(container_header_size, file.size() - container_overhead));
    if (!run(job, file)) throw std::runtime_error{"cannot encrypt"};
}

void measure_memory(std::size_t mib, unsigned threads) {
    const std::size_t size = (mib << 20U) + container_overhead;
    std::vector<Bytes> files(threads, Bytes(size, std::byte{1}));
    std::array<double, 5> rates{};
    const std::clock_t begun = std::clock();
    for (double& rate : rates) {
        const auto begin = std::chrono::steady_clock::now();
        {
            std::vector<std::jthread> workers;
            for (Bytes& file : files) workers.emplace_back([&file] { encrypt_in_place(file); });
        }
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        rate = static_cast<double>(size) * threads / 1e6 / taken.count();
    }
    std::ranges::sort(rates);
    const double worked = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
    const double all = static_cast<double>(size) * threads * rates.size() / 1e6;
    std::printf("%.0f MB/s (%.0f a processor second)\n", rates[rates.size() / 2], all / worked);
}

// Without 4 kB pages where the kernel has larger ones: clearing and mapping each of them costs more than half
// of the encryption.
std::span<std::byte> large_buffer(std::size_t size) {
    constexpr std::size_t huge = std::size_t{2} << 20U;
    void* const at = std::aligned_alloc(huge, (size + huge - 1) / huge * huge);
    if (at == nullptr) throw std::bad_alloc{};
    madvise(at, size, MADV_HUGEPAGE); // only a wish
    return {static_cast<std::byte*>(at), size};
}

template <class Call>
void transfer(std::span<std::byte> bytes, const char* what, Call call) {
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t moved = call(bytes.data() + done, bytes.size() - done);
        if (moved <= 0) throw std::runtime_error{what};
        done += static_cast<std::size_t>(moved);
    }
}

void encrypt_file(const char* in, const char* out) {
    const int from = open(in, O_RDONLY | O_CLOEXEC);
    const int to = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    struct stat about {};
    if (from < 0 || fstat(from, &about) != 0) throw std::runtime_error{"cannot read"};
    const auto size = static_cast<std::size_t>(about.st_size);
    const auto file = large_buffer(size + container_overhead); // until the end of the program
    transfer(file.subspan(container_header_size, size), "cannot read",
             [&](std::byte* at, std::size_t count) { return read(from, at, count); });
    encrypt_in_place(file);
    transfer(file, "cannot write", [&](std::byte* at, std::size_t count) { return write(to, at, count); });
}

} // namespace

int main(int count, char** words) {
    const std::vector<std::string> a{words + 1, words + count};
    try {
        if (a.size() >= 2 && a[0] == "memory")
            measure_memory(std::stoul(a[1]), a.size() > 2 ? static_cast<unsigned>(std::stoul(a[2])) : 1);
        else if (a.size() == 3 && a[0] == "file")
            encrypt_file(a[1].c_str(), a[2].c_str());
        else
            throw std::runtime_error{"usage: cpe1_tool memory MIB [THREADS] | file IN OUT"};
        return 0;
    } catch (const std::exception& e) {
        std::cerr << "cpe1_tool: " << e.what() << '\n';
        return 1;
    }
}
