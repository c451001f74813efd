#include "evidence/paths.h"

#include "evidence/json_mechanism_fields.h"

namespace mailprobe::evidence {

namespace {

class Collector {
 public:
  explicit Collector(Shape& into) : into_(into) {}

  template <class T>
  void operator()(std::string_view name, const T& member) {
    describe(into_.members[std::string(name)], member);
  }
  template <class T>
  void known(std::string_view name, const T& member) {
    (*this)(name, member);
  }
  template <class T>
  void later(std::string_view name, const T& member) {
    (*this)(name, member);
  }

 private:
  static void describe(Shape& shape, const std::string&) { shape.kind = Shape::Kind::text; }
  static void describe(Shape& shape, bool) { shape.kind = Shape::Kind::flag; }
  static void describe(Shape& shape, int) { shape.kind = Shape::Kind::number; }
  static void describe(Shape& shape, std::int64_t) { shape.kind = Shape::Kind::number; }
  static void describe(Shape& shape, double) { shape.kind = Shape::Kind::number; }
  static void describe(Shape& shape, Time) { shape.kind = Shape::Kind::time; }
  static void describe(Shape& shape, const auth::ByteRange&) { shape.kind = Shape::Kind::free; }
  static void describe(Shape& shape, const std::vector<std::pair<std::string, std::string>>&) {
    shape.kind = Shape::Kind::free;
  }
  template <Worded E>
  static void describe(Shape& shape, E) {
    shape.kind = Shape::Kind::word;
    for (const auto& [value, word] : Words<E>::table) shape.words.emplace_back(word);
  }
  template <class T>
  static void describe(Shape& shape, const std::optional<T>&) {
    describe(shape, T{});
  }
  template <class T>
  static void describe(Shape& shape, const std::vector<T>&) {
    describe(shape, T{});
    shape.element = shape.kind;
    shape.kind = Shape::Kind::list;
  }
  template <class T>
    requires std::is_class_v<T>
  static void describe(Shape& shape, const T& value) {
    Collector inner(shape);
    fields(inner, value);
  }

  Shape& into_;
};

Shape collected() {
  Shape shape;
  Collector collector(shape);
  const Probe probe;
  fields(collector, probe);
  return shape;
}

}  // namespace

const Shape& shape_of_probe() {
  static const Shape shape = collected();
  return shape;
}

}  // namespace mailprobe::evidence
