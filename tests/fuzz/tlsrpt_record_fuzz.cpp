// TLS reporting records: what is valid prints to a record of the same meaning.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "auth/tlsrpt_record.h"

using namespace mailprobe;
using namespace mailprobe::auth;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

std::string printed(const TlsrptRecord& record) {
  std::string out = "v=TLSRPTv1";
  for (const auto& field : record.rua) {
    out += ";rua=";
    for (std::size_t i = 0; i < field.size(); ++i) out += (i == 0 ? "" : ",") + field[i];
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto record = parse_tlsrpt_record(text);
  if (!record) return 0;
  check(is_tlsrpt_record(text));
  const auto again = parse_tlsrpt_record(printed(*record));
  check(again && again->rua == record->rua);
  return 0;
}
