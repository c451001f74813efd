// The traps' own key and certificate, which no CA vouches for: made once and kept, because its TLSA record is
// published. RFC 7671 §5.1 (DANE-EE needs neither CA nor dates).
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/secret.h"

namespace mailprobe::receiver {

struct TrapKey {
  std::string chain_pem;
  Secret key_pem;
  std::string spki_sha256;  // lower-case hex, as a TLSA record 3 1 1 has it
};

/// Made where the file is not there (0600). Failure::usage: it is damaged.
Result<TrapKey> keep_trap_key(const std::filesystem::path& file);
/// One that is not kept, for a host that shows another's name.
Result<TrapKey> make_wrong_key();

}  // namespace mailprobe::receiver
