// DMARC records: what is usable prints to a record of the same meaning.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "auth/dmarc_record.h"

using namespace mailprobe;
using namespace mailprobe::auth;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

std::string printed(const DmarcRecord& record) {
  std::string out = "v=DMARC1; p=" + std::string(word(record.policy));
  if (record.subdomains) out += "; sp=" + std::string(word(*record.subdomains));
  if (record.non_existent) out += "; np=" + std::string(word(*record.non_existent));
  if (record.strict_dkim) out += "; adkim=s";
  if (record.strict_spf) out += "; aspf=s";
  if (record.testing) out += "; t=y";
  if (record.psd != PublicSuffix::unknown) out += record.psd == PublicSuffix::yes ? "; psd=y" : "; psd=n";
  for (std::size_t i = 0; i < record.rua.size(); ++i) out += (i == 0 ? "; rua=" : ",") + record.rua[i].uri;
  return out + "; pct=" + std::to_string(record.percent) + "; fo=" + record.failure_options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto record = parse_dmarc_record(text);
  if (!record) return 0;
  check(is_dmarc_record(text));
  check(record->percent <= 100);
  const auto once = printed(*record);
  const auto again = parse_dmarc_record(once);
  if (!again) {
    check(once.size() > text.size());  // only the limit of size can be in the way
    return 0;
  }
  check(printed(*again) == once);
  return 0;
}
