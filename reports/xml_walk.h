// Walks an XML document by expat: each element of the root's namespace by its path, with its text. Not a tree, and no
// schema. A document type declaration is refused, and with it every entity (RFC 9990 §8.1 names XML bombs); depth,
// number of elements and lengths are bounded.
#pragma once

#include <string_view>

#include "base/error.h"

namespace mailprobe::reports {

class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  /// `path` is "feedback/record/row": local names from the root on.
  virtual void opened(std::string_view path) = 0;
  /// `text` is its own, trimmed and cut; without that of elements within.
  virtual void closed(std::string_view path, std::string_view text) = 0;
};

/// Elements that are in a namespace other than the root's, and all within them, are passed over (RFC 9990 §5).
Result<void> walk_xml(std::string_view document, XmlHandler& handler);

}  // namespace mailprobe::reports
