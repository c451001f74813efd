// libopendkim and libspf2 behind what the benchmark asks of them. Where the build had no header of one, it is not
// available and does nothing: make bench installs both.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace mailprobe::bench {

/// Looks up the one key record in a file, as fast as the library can be made to.
class OpenDkim {
 public:
  static bool available();
  OpenDkim(const std::string& record, std::string pem);
  bool verify(const std::string& message);
  bool sign(const std::string& message, bool relaxed);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

struct SpfRow {
  std::string name;
  char type;  // T(XT), A, M(X)
  std::string value;
};

/// Over the library's own in-memory zone.
class Spf2 {
 public:
  static bool available();
  explicit Spf2(const std::vector<SpfRow>& rows);
  bool passes(const std::string& address, const std::string& helo, const std::string& mail_from);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace mailprobe::bench
