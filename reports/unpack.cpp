#include "reports/unpack.h"

#include <minizip/unzip.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "reports/limits.h"

namespace mailprobe::reports {

namespace {

using Buffer = std::array<char, 64UL * 1024>;

std::unexpected<Error> refused(const std::string& why) { return fail(Failure::protocol, why); }

/// What comes out, as long as it is in measure.
class Output {
 public:
  explicit Output(std::size_t packed) : packed_(packed) {}

  Result<void> add(std::string_view bytes) {
    bytes_ += bytes;
    if (bytes_.size() > limits::unpacked) return refused("unpacks to more than 10 MB");
    if (bytes_.size() > limits::free_output && bytes_.size() / limits::ratio > packed_)
      return refused("unpacks to more than " + std::to_string(limits::ratio) + " times its size");
    return {};
  }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  std::string take() { return std::move(bytes_); }

 private:
  std::size_t packed_;
  std::string bytes_;
};

// --- gzip -----------------------------------------------------------------------------------------------------------

class Inflation {
 public:
  explicit Inflation(std::string_view bytes) {
    // zlib reads from it only, whatever the type says.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    constexpr int gzip_only = 16;
    ready_ = inflateInit2(&stream_, gzip_only + MAX_WBITS) == Z_OK;
  }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;
  ~Inflation() {
    if (ready_) inflateEnd(&stream_);
  }

  Result<std::string> run(std::size_t packed) {
    if (!ready_) return fail(Failure::ours, "no memory to unpack gzip");
    Output output(packed);
    auto buffer = std::make_unique<Buffer>();
    for (;;) {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer->data());
      stream_.avail_out = static_cast<uInt>(buffer->size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status != Z_OK && status != Z_STREAM_END) return refused("damaged gzip");
      if (auto ok = output.add({buffer->data(), buffer->size() - stream_.avail_out}); !ok)
        return std::unexpected(ok.error());
      if (status == Z_OK) continue;
      if (!next_member()) return output.take();
      if (inflateReset(&stream_) != Z_OK) return refused("damaged gzip");
    }
  }

 private:
  /// Members may follow each other (RFC 1952 §2.2); anything else behind the last is passed over, as gzip(1) does.
  [[nodiscard]] bool next_member() const {
    return stream_.avail_in > 1 && stream_.next_in[0] == 0x1F && stream_.next_in[1] == 0x8B;
  }

  z_stream stream_{};
  bool ready_ = false;
};

// --- zip ------------------------------------------------------------------------------------------------------------

/// The archive in memory, as minizip wants to read it.
struct Archive {
  std::string_view bytes;
  std::size_t at = 0;
};

Archive& archive_of(voidpf stream) { return *static_cast<Archive*>(stream); }

voidpf ZCALLBACK open_archive(voidpf opaque, const void*, int) { return opaque; }

uLong ZCALLBACK read_archive(voidpf, voidpf stream, void* into, uLong size) {
  auto& archive = archive_of(stream);
  const auto piece = archive.bytes.substr(archive.at, size);
  if (!piece.empty()) std::memcpy(into, piece.data(), piece.size());
  archive.at += piece.size();
  return static_cast<uLong>(piece.size());
}

uLong ZCALLBACK write_nothing(voidpf, voidpf, const void*, uLong) { return 0; }

ZPOS64_T ZCALLBACK tell_archive(voidpf, voidpf stream) { return archive_of(stream).at; }

long ZCALLBACK seek_archive(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
  auto& archive = archive_of(stream);
  const auto size = archive.bytes.size();
  const ZPOS64_T base = origin == ZLIB_FILEFUNC_SEEK_SET ? 0 : origin == ZLIB_FILEFUNC_SEEK_CUR ? archive.at : size;
  if (offset > size || base > size - offset) return -1;
  archive.at = static_cast<std::size_t>(base + offset);
  return 0;
}

int ZCALLBACK close_archive(voidpf, voidpf) { return 0; }
int ZCALLBACK archive_error(voidpf, voidpf) { return 0; }

struct CloseZip {
  void operator()(void* zip) const { unzClose(zip); }
};

/// Its one entry is open and may be read; how many bytes it announces.
Result<std::size_t> open_entry(unzFile zip) {
  unz_global_info64 all{};
  if (unzGetGlobalInfo64(zip, &all) != UNZ_OK) return refused("damaged zip");
  if (all.number_entry != 1) return refused("a zip of " + std::to_string(all.number_entry) + " files, not of one");
  unz_file_info64 file{};
  constexpr uLong encrypted = 1;  // APPNOTE §4.4.4: bit 0 of the flags
  if (unzGoToFirstFile(zip) != UNZ_OK ||
      unzGetCurrentFileInfo64(zip, &file, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK)
    return refused("damaged zip");
  if ((file.flag & encrypted) != 0) return refused("an encrypted zip");
  if (file.compression_method != 0 && file.compression_method != Z_DEFLATED)
    return refused("a zip that is neither stored nor deflated");
  if (file.uncompressed_size > limits::unpacked) return refused("unpacks to more than 10 MB");
  if (unzOpenCurrentFile(zip) != UNZ_OK) return refused("damaged zip");
  return static_cast<std::size_t>(file.uncompressed_size);
}

Result<std::string> unzip(std::string_view bytes) {
  Archive archive{bytes};
  zlib_filefunc64_def functions{open_archive, read_archive,  write_nothing, tell_archive,
                                seek_archive, close_archive, archive_error, &archive};
  const std::unique_ptr<void, CloseZip> zip(unzOpen2_64("", &functions));
  if (!zip) return refused("damaged zip");
  const auto announced = open_entry(zip.get());
  if (!announced) return std::unexpected(announced.error());
  Output output(bytes.size());
  auto buffer = std::make_unique<Buffer>();
  for (;;) {
    const int count = unzReadCurrentFile(zip.get(), buffer->data(), static_cast<unsigned>(buffer->size()));
    if (count < 0) return refused("damaged zip");
    if (count == 0) break;
    if (auto ok = output.add({buffer->data(), static_cast<std::size_t>(count)}); !ok)
      return std::unexpected(ok.error());
  }
  // The checksum is compared when it is closed, if as much was read as was announced.
  if (unzCloseCurrentFile(zip.get()) != UNZ_OK || output.size() != *announced) return refused("damaged zip");
  return output.take();
}

}  // namespace

Packing packing_of(std::string_view bytes) {
  if (bytes.starts_with("\x1F\x8B")) return Packing::gzip;
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06")) return Packing::zip;
  return Packing::none;
}

Result<std::string> unpack(std::string_view bytes) {
  if (bytes.size() > limits::mail) return refused("larger than 32 MB");
  const auto packing = packing_of(bytes);
  if (packing == Packing::none) return std::string(bytes);
  auto within = packing == Packing::gzip ? Inflation(bytes).run(bytes.size()) : unzip(bytes);
  if (within && packing_of(*within) != Packing::none) return refused("an archive within an archive");
  return within;
}

}  // namespace mailprobe::reports
