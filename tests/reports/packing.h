// Archives as tests need them, right and wrong: gzip by zlib, zip written here, so that every field can be a lie.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mailprobe::test {

/// zlib's window bits say what it makes: raw deflate below zero, gzip from 16 on.
inline std::string deflated(std::string_view bytes, int window_bits) {
  z_stream stream{};
  constexpr int memory = 8;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, memory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("deflateInit2");
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("deflate");
  return out;
}

inline std::string gzipped(std::string_view bytes) { return deflated(bytes, 16 + MAX_WBITS); }

struct ZipEntry {
  std::string name, content;
  std::uint16_t flags = 0;
  bool stored = false;
  std::uint32_t crc_error = 0;  // added to the right one
  std::uint32_t announced = 0;  // as its size; 0: the right one
};

class ZipWriter {
 public:
  std::string write(const std::vector<ZipEntry>& entries) {
    for (const auto& entry : entries) add(entry);
    const auto start = out_.size();
    out_ += directory_;
    number(0x06054b50, 4);
    number(0, 4);
    number(static_cast<std::uint32_t>(entries.size()), 2);
    number(static_cast<std::uint32_t>(entries.size()), 2);
    number(static_cast<std::uint32_t>(directory_.size()), 4);
    number(static_cast<std::uint32_t>(start), 4);
    number(0, 2);
    return out_;
  }

 private:
  static void put(std::string& to, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) to += static_cast<char>((value >> (8 * i)) & 0xFF);
  }
  void number(std::uint32_t value, int bytes) { put(out_, value, bytes); }

  void add(const ZipEntry& entry) {
    const auto data = entry.stored ? entry.content : deflated(entry.content, -MAX_WBITS);
    std::string common;
    put(common, 20, 2);
    put(common, entry.flags, 2);
    put(common, entry.stored ? 0 : 8, 2);
    put(common, 0, 4);
    const auto* bytes = reinterpret_cast<const Bytef*>(entry.content.data());
    put(common, static_cast<std::uint32_t>(crc32(0, bytes, static_cast<uInt>(entry.content.size()))) + entry.crc_error,
        4);
    put(common, static_cast<std::uint32_t>(data.size()), 4);
    put(common, entry.announced != 0 ? entry.announced : static_cast<std::uint32_t>(entry.content.size()), 4);
    put(common, static_cast<std::uint32_t>(entry.name.size()), 2);
    put(common, 0, 2);
    put(directory_, 0x02014b50, 4);
    put(directory_, 20, 2);
    directory_ += common;
    put(directory_, 0, 2);
    put(directory_, 0, 2);
    put(directory_, 0, 2);
    put(directory_, 0, 4);
    put(directory_, static_cast<std::uint32_t>(out_.size()), 4);
    directory_ += entry.name;
    number(0x04034b50, 4);
    out_ += common + entry.name + data;
  }

  std::string out_, directory_;
};

inline std::string zipped(const std::vector<ZipEntry>& entries) { return ZipWriter().write(entries); }

}  // namespace mailprobe::test
