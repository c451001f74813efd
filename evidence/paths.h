// What paths there are in a probe's part of the evidence document, by the same list of members that writes it: for who
// lets people name them. No values here.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace mailprobe::evidence {

struct Shape {
  enum class Kind { text, word, number, flag, time, object, list, free };

  Kind kind = Kind::object;
  std::vector<std::string> words;        // of a word: those there are
  std::map<std::string, Shape> members;  // of an object, or of the objects in a list
  Kind element = Kind::object;           // of a list
};

const Shape& shape_of_probe();

}  // namespace mailprobe::evidence
