// CPE1 without cluster and client, for measuring.
//   cpe1_tool memory MIB [THREADS]   encrypts so much in place, by each thread its own, five times: MB/s of
//   the median cpe1_tool file IN OUT            a whole file; not synced to disk, as openssl and age do not
#include "imaging/job.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <iostream>
#include <stdexcept>
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

void encrypt_file(const char* in, const char* out) {
    const int from = open(in, O_RDONLY | O_CLOEXEC);
    struct stat about {};
    if (from < 0 || fstat(from, &about) != 0) throw std::runtime_error{"cannot read"};
    Bytes file(static_cast<std::size_t>(about.st_size) + container_overhead);
    std::size_t at = container_header_size;
    while (at < file.size() - container_tag_size) {
        const ssize_t got = read(from, file.data() + at, file.size() - container_tag_size - at);
        if (got <= 0) throw std::runtime_error{"cannot read"};
        at += static_cast<std::size_t>(got);
    }
    close(from);
    encrypt_in_place(file);
    const int to = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    for (std::size_t done = 0; done < file.size();) {
        const ssize_t put = write(to, file.data() + done, file.size() - done);
        if (put <= 0) throw std::runtime_error{"cannot write"};
        done += static_cast<std::size_t>(put);
    }
    close(to);
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
