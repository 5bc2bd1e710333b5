// Rows of Parquet and Arrow files as lines of JSON, behind four C functions.
//
// A library of its own, compiled by scripts/setup-arrow.sh against the headers of the pyarrow wheel and opened at
// run time, so that nothing else of the project needs Arrow to be built or to start.
#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/ipc/api.h>
#include <arrow/util/base64.h>
#include <arrow/util/byte_size.h>
#include <arrow/util/float16.h>
#include <arrow/util/ree_util.h>
#include <arrow/util/utf8.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/size_statistics.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

// The rows that are read at once: so many at most, and so many bytes of them, about.
constexpr int64_t batch_rows = 1024;
constexpr int64_t batch_bytes = 4 << 20;

template <class Value> Value checked(arrow::Result<Value> result) {
  if (!result.ok()) throw std::runtime_error(result.status().message());
  return std::move(result).ValueUnsafe();
}

void check(const arrow::Status &status) {
  if (!status.ok()) throw std::runtime_error(status.message());
}

// MARK: Columns

// What is known of the values of a column, and of the columns inside of it.
//
// Many programs write text without saying that it is text. Whether values of bytes are text is told of the whole
// column, by its first rows: one value alone, such as a hash that happens to be UTF-8, would tell who reads it
// nothing of how it is to be decoded.
struct Column {
  // Whether the values are bytes of which nothing says that they are text.
  bool is_open = false;
  // Whether one was seen that is no text; all are written in base64 then.
  bool is_binary = false;
  // Whether a value was seen.
  bool has_value = false;
  // Whether all is decided that could be.
  bool is_settled = false;
  std::vector<Column> parts;

  explicit Column(const arrow::DataType &type) {
    using arrow::Type;
    switch (type.id()) {
    case Type::BINARY:
    case Type::LARGE_BINARY:
    case Type::BINARY_VIEW: is_open = true; break;
    case Type::DICTIONARY: parts.emplace_back(*static_cast<const arrow::DictionaryType &>(type).value_type()); break;
    case Type::EXTENSION: parts.emplace_back(*static_cast<const arrow::ExtensionType &>(type).storage_type()); break;
    case Type::RUN_END_ENCODED: parts.emplace_back(*static_cast<const arrow::RunEndEncodedType &>(type).value_type()); break;
    case Type::MAP: {
      const auto &map = static_cast<const arrow::MapType &>(type);
      parts.emplace_back(*map.key_type());
      parts.emplace_back(*map.item_type());
      break;
    }
    default:
      // The elements of lists, the fields of structs, the choices of unions.
      for (const auto &field : type.fields()) parts.emplace_back(*field->type());
    }
  }

  // Whether a value is to be seen before rows are written.
  bool is_unsettled() const { return any([](const Column &column) { return column.is_open && !column.is_settled; }); }

  // Whether more rows may change what is known.
  bool may_change() const {
    return any([](const Column &column) { return column.is_open && !column.is_settled && !column.is_binary; });
  }

  // Holds fast what was seen.
  void settle() {
    is_settled = has_value;
    for (auto &part : parts) part.settle();
  }

private:
  template <class Test> bool any(Test test) const {
    return test(*this) || std::any_of(parts.begin(), parts.end(), [&](const Column &part) { return part.any(test); });
  }
};

// MARK: JSON

void write_quoted(std::string_view text, std::string &out) {
  static const char digits[] = "0123456789abcdef";
  out += '"';
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    switch (byte) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default:
      if (byte < 0x20) {
        out += "\\u00";
        out += digits[byte >> 4];
        out += digits[byte & 15];
      } else {
        out += letter;
      }
    }
  }
  out += '"';
}

template <class Number> void write_number(Number value, std::string &out) {
  if constexpr (std::is_floating_point_v<Number>) {
    // JSON has no infinities and no NaN.
    if (!std::isfinite(value)) {
      out += "null";
      return;
    }
  }
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, value);
  out.append(text, end.ptr);
  // A whole number of a column of fractions stays one of them.
  if (std::is_floating_point_v<Number> && std::string_view(text, end.ptr - text).find_first_of(".e") == std::string_view::npos)
    out += ".0";
}

void write_value(const arrow::Array &array, int64_t row, Column &column, std::string &out);

void write_elements(const arrow::Array &values, int64_t start, int64_t count, Column &column, std::string &out) {
  out += '[';
  for (int64_t index = 0; index < count; ++index) {
    if (index > 0) out += ',';
    write_value(values, start + index, column, out);
  }
  out += ']';
}

template <class List> void write_list(const arrow::Array &array, int64_t row, Column &column, std::string &out) {
  const auto &list = static_cast<const List &>(array);
  write_elements(*list.values(), list.value_offset(row), list.value_length(row), column.parts.at(0), out);
}

void write_struct(const arrow::StructArray &array, int64_t row, Column &column, std::string &out) {
  out += '{';
  for (int field = 0; field < array.num_fields(); ++field) {
    if (field > 0) out += ',';
    write_quoted(array.struct_type()->field(field)->name(), out);
    out += ':';
    write_value(*array.field(field), row, column.parts.at(field), out);
  }
  out += '}';
}

// A map with keys of text is an object, any other a list of pairs.
void write_map(const arrow::MapArray &map, int64_t row, Column &column, std::string &out) {
  const int64_t start = map.value_offset(row), count = map.value_length(row);
  const auto &keys = *map.keys();
  const bool has_text = arrow::is_string(keys.type_id()) || arrow::is_large_binary_like(keys.type_id());
  out += has_text ? '{' : '[';
  for (int64_t index = 0; index < count; ++index) {
    if (index > 0) out += ',';
    if (!has_text) out += '[';
    write_value(keys, start + index, column.parts.at(0), out);
    out += has_text ? ':' : ',';
    write_value(*map.items(), start + index, column.parts.at(1), out);
    if (!has_text) out += ']';
  }
  out += has_text ? '}' : ']';
}

template <class Array> void write_plain(const arrow::Array &array, int64_t row, std::string &out) {
  write_number(static_cast<const Array &>(array).Value(row), out);
}

template <class Array> void write_text(const arrow::Array &array, int64_t row, std::string &out) {
  write_quoted(static_cast<const Array &>(array).GetView(row), out);
}

void write_base64(std::string_view bytes, std::string &out) {
  out += '"';
  out += arrow::util::base64_encode(bytes);
  out += '"';
}

// In a column of text, what is none is left as it is: the line is no UTF-8 then, and its row is told as a bad one.
template <class Array> void write_bytes(const arrow::Array &array, int64_t row, Column &column, std::string &out) {
  const std::string_view bytes = static_cast<const Array &>(array).GetView(row);
  if (!column.is_settled) {
    column.has_value = true;
    column.is_binary = column.is_binary || !arrow::util::ValidateUTF8(bytes);
  }
  if (column.is_binary) {
    write_base64(bytes, out);
  } else {
    write_quoted(bytes, out);
  }
}

// The value that a row of a union holds, whatever its type is.
template <class Union> void write_union(const arrow::Array &array, int64_t row, Column &column, std::string &out) {
  const auto &choice = static_cast<const Union &>(array);
  int64_t place = row;
  if constexpr (std::is_same_v<Union, arrow::DenseUnionArray>) place = choice.value_offset(row);
  const int child = choice.child_id(row);
  write_value(*choice.field(child), place, column.parts.at(child), out);
}

void write_value(const arrow::Array &array, int64_t row, Column &column, std::string &out) {
  if (array.IsNull(row)) {
    out += "null";
    return;
  }
  using arrow::Type;
  switch (array.type_id()) {
  case Type::NA: out += "null"; break;
  case Type::BOOL: out += static_cast<const arrow::BooleanArray &>(array).Value(row) ? "true" : "false"; break;
  case Type::INT8: write_plain<arrow::Int8Array>(array, row, out); break;
  case Type::INT16: write_plain<arrow::Int16Array>(array, row, out); break;
  case Type::INT32: write_plain<arrow::Int32Array>(array, row, out); break;
  case Type::INT64: write_plain<arrow::Int64Array>(array, row, out); break;
  case Type::UINT8: write_plain<arrow::UInt8Array>(array, row, out); break;
  case Type::UINT16: write_plain<arrow::UInt16Array>(array, row, out); break;
  case Type::UINT32: write_plain<arrow::UInt32Array>(array, row, out); break;
  case Type::UINT64: write_plain<arrow::UInt64Array>(array, row, out); break;
  case Type::FLOAT: write_number(static_cast<double>(static_cast<const arrow::FloatArray &>(array).Value(row)), out); break;
  case Type::DOUBLE: write_plain<arrow::DoubleArray>(array, row, out); break;
  case Type::HALF_FLOAT: {
    const auto bits = static_cast<const arrow::HalfFloatArray &>(array).Value(row);
    write_number(arrow::util::Float16::FromBits(bits).ToDouble(), out);
    break;
  }
  case Type::STRING: write_text<arrow::StringArray>(array, row, out); break;
  case Type::LARGE_STRING: write_text<arrow::LargeStringArray>(array, row, out); break;
  case Type::STRING_VIEW: write_text<arrow::StringViewArray>(array, row, out); break;
  case Type::BINARY: write_bytes<arrow::BinaryArray>(array, row, column, out); break;
  case Type::LARGE_BINARY: write_bytes<arrow::LargeBinaryArray>(array, row, column, out); break;
  case Type::BINARY_VIEW: write_bytes<arrow::BinaryViewArray>(array, row, column, out); break;
  // Hashes and identifiers, all of one length.
  case Type::FIXED_SIZE_BINARY: write_base64(static_cast<const arrow::FixedSizeBinaryArray &>(array).GetView(row), out); break;
  case Type::LIST_VIEW: write_list<arrow::ListViewArray>(array, row, column, out); break;
  case Type::LARGE_LIST_VIEW: write_list<arrow::LargeListViewArray>(array, row, column, out); break;
  case Type::SPARSE_UNION: write_union<arrow::SparseUnionArray>(array, row, column, out); break;
  case Type::DENSE_UNION: write_union<arrow::DenseUnionArray>(array, row, column, out); break;
  case Type::RUN_END_ENCODED: {
    const auto &runs = static_cast<const arrow::RunEndEncodedArray &>(array);
    write_value(*runs.values(), arrow::ree_util::FindPhysicalIndex(*runs.data(), row, runs.offset()), column.parts.at(0), out);
    break;
  }
  case Type::LIST: write_list<arrow::ListArray>(array, row, column, out); break;
  case Type::LARGE_LIST: write_list<arrow::LargeListArray>(array, row, column, out); break;
  case Type::FIXED_SIZE_LIST: write_list<arrow::FixedSizeListArray>(array, row, column, out); break;
  case Type::STRUCT: write_struct(static_cast<const arrow::StructArray &>(array), row, column, out); break;
  case Type::MAP: write_map(static_cast<const arrow::MapArray &>(array), row, column, out); break;
  case Type::DICTIONARY: {
    const auto &coded = static_cast<const arrow::DictionaryArray &>(array);
    write_value(*coded.dictionary(), coded.GetValueIndex(row), column.parts.at(0), out);
    break;
  }
  case Type::EXTENSION: write_value(*static_cast<const arrow::ExtensionArray &>(array).storage(), row, column.parts.at(0), out); break;
  // Dates, times, decimals: as Arrow writes them.
  default: write_quoted(checked(array.GetScalar(row))->ToString(), out);
  }
}

// MARK: Files

// The batches of a Parquet file, row group by row group: coded columns inside of others cannot be read over the
// border of two.
class ParquetBatches : public arrow::RecordBatchReader {
public:
  explicit ParquetBatches(std::unique_ptr<parquet::arrow::FileReader> file) : file_(std::move(file)) {
    check(file_->GetSchema(&schema_));
  }
  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch> *batch) override {
    *batch = nullptr;
    while (true) {
      if (group_) {
        ARROW_RETURN_NOT_OK(group_->ReadNext(batch));
        if (*batch) return arrow::Status::OK();
      }
      if (next_ >= file_->num_row_groups()) return arrow::Status::OK();
      file_->set_batch_size(rows_at_once(next_));
      ARROW_ASSIGN_OR_RAISE(group_, file_->GetRecordBatchReader({next_++}));
    }
  }

private:
  // As many rows of a group as hold some million bytes: long documents come one at a time.
  int64_t rows_at_once(int group) const {
    const auto facts = file_->parquet_reader()->metadata()->RowGroup(group);
    double bytes = 0;
    for (int column = 0; column < facts->num_columns(); ++column) {
      const auto chunk = facts->ColumnChunk(column);
      // Values that are numbers of a dictionary are longer when they are read.
      const auto sizes = chunk->size_statistics();
      const int64_t read = sizes ? sizes->unencoded_byte_array_data_bytes.value_or(0) : 0;
      bytes += static_cast<double>(std::max({int64_t(0), chunk->total_uncompressed_size(), read}));
    }
    const double row_bytes = std::max(1.0, bytes / static_cast<double>(std::max<int64_t>(1, facts->num_rows())));
    return std::clamp(static_cast<int64_t>(4 * batch_bytes / row_bytes), int64_t(1), batch_rows);
  }

  std::unique_ptr<parquet::arrow::FileReader> file_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<arrow::RecordBatchReader> group_;
  int next_ = 0;
};

std::shared_ptr<arrow::RecordBatchReader> open_parquet(const std::string &path) {
  auto properties = parquet::default_reader_properties();
  // Columns are read a buffer at a time, so that a row group need not fit into memory.
  properties.enable_buffered_stream();
  parquet::ArrowReaderProperties arrow_properties;
  arrow_properties.set_batch_size(batch_rows);
  arrow_properties.set_use_threads(false);
  arrow_properties.set_pre_buffer(false);
  parquet::arrow::FileReaderBuilder builder;
  check(builder.OpenFile(path, false, properties));
  builder.properties(arrow_properties);
  std::unique_ptr<parquet::arrow::FileReader> file;
  check(builder.Build(&file));
  return std::make_shared<ParquetBatches>(std::move(file));
}

// The batches of a file in Arrow's file format, one at a time.
class FileBatches : public arrow::RecordBatchReader {
public:
  explicit FileBatches(std::shared_ptr<arrow::ipc::RecordBatchFileReader> file) : file_(std::move(file)) {}
  std::shared_ptr<arrow::Schema> schema() const override { return file_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch> *batch) override {
    if (next_ >= file_->num_record_batches()) {
      *batch = nullptr;
      return arrow::Status::OK();
    }
    return file_->ReadRecordBatch(next_++).Value(batch);
  }

private:
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> file_;
  int next_ = 0;
};

std::shared_ptr<arrow::RecordBatchReader> open_arrow(const std::string &path, bool is_file) {
  std::shared_ptr<arrow::io::ReadableFile> input = checked(arrow::io::ReadableFile::Open(path));
  if (!is_file) return checked(arrow::ipc::RecordBatchStreamReader::Open(input));
  return std::make_shared<FileBatches>(checked(arrow::ipc::RecordBatchFileReader::Open(input)));
}

class Reader {
public:
  explicit Reader(std::shared_ptr<arrow::RecordBatchReader> opened) : batches(std::move(opened)) {
    for (const auto &field : batches->schema()->fields()) columns.emplace_back(*field->type());
  }

  std::string lines;

  // The next lines, about a thousand or some million bytes; none at the end.
  void read() {
    lines.clear();
    if (!is_begun) look_ahead();
    while (lines.empty()) {
      if (!batch || row >= batch->num_rows()) {
        batch = next();
        row = 0;
        if (!batch) return;
      }
      const int64_t end = std::min(batch->num_rows(), row + batch_rows);
      for (; row < end && static_cast<int64_t>(lines.size()) < batch_bytes; ++row) write_row();
    }
  }

private:
  std::shared_ptr<arrow::RecordBatchReader> batches;
  std::shared_ptr<arrow::RecordBatch> batch;
  int64_t row = 0;
  std::vector<Column> columns;
  bool is_begun = false;
  // The batches that were looked at and not yet written.
  std::deque<std::shared_ptr<arrow::RecordBatch>> ahead;

  // The next batch, looked at; null at the end.
  std::shared_ptr<arrow::RecordBatch> next() {
    std::shared_ptr<arrow::RecordBatch> batch;
    if (!ahead.empty()) {
      batch = std::move(ahead.front());
      ahead.pop_front();
    } else {
      batch = fetch();
      if (!batch) return nullptr;
    }
    // A column without any value so far is told by the first rows that have one.
    look(*batch);
    for (auto &column : columns) column.settle();
    return batch;
  }

  // The next batch of the file; null at the end.
  std::shared_ptr<arrow::RecordBatch> fetch() {
    std::shared_ptr<arrow::RecordBatch> batch;
    check(batches->ReadNext(&batch));
    // What a file claims of itself is looked at before it is followed.
    if (batch) check(batch->ValidateFull());
    return batch;
  }

  // Looks at the first thousand rows, or at some million bytes of them: long rows come in batches of one.
  void look_ahead() {
    is_begun = true;
    const auto may_change = [](const Column &column) { return column.may_change(); };
    int64_t rows = 0, bytes = 0;
    while (rows < batch_rows && bytes < 4 * batch_bytes && std::any_of(columns.begin(), columns.end(), may_change)) {
      auto batch = fetch();
      if (!batch) break;
      bytes += look(*batch);
      rows += batch->num_rows();
      ahead.push_back(std::move(batch));
    }
    for (auto &column : columns) column.settle();
  }

  // Takes note of what the first rows of a batch hold in columns that are not decided, and says how long it is.
  int64_t look(const arrow::RecordBatch &batch) {
    std::string unused;
    for (int place = 0; place < batch.num_columns(); ++place) {
      auto &column = columns.at(place);
      if (!column.is_unsettled()) continue;
      for (int64_t row = 0; row < batch.num_rows(); ++row) {
        unused.clear();
        write_value(*batch.column(place), row, column, unused);
      }
    }
    return arrow::util::TotalBufferSize(batch);
  }

  void write_row() {
    lines += '{';
    for (int place = 0; place < batch->num_columns(); ++place) {
      if (place > 0) lines += ',';
      write_quoted(batch->column_name(place), lines);
      lines += ':';
      write_value(*batch->column(place), row, columns.at(place), lines);
    }
    lines += "}\n";
  }
};

char *copy(const char *text) {
  const size_t size = std::strlen(text) + 1;
  char *copy = static_cast<char *>(std::malloc(size));
  if (copy) std::memcpy(copy, text, size);
  return copy;
}

// Runs `body`; a message to be freed when it fails, else null.
template <class Body> char *guarded(Body body) noexcept {
  try {
    body();
    return nullptr;
  } catch (const std::exception &error) {
    return copy(error.what());
  } catch (...) {
    return copy("unknown exception");
  }
}

} // namespace

extern "C" {

// The version of these functions.
int32_t anneal_arrow_version() { return 3; }

// Opens the file at `path`: 0 Parquet, 1 Arrow's file format, 2 its stream.
char *anneal_arrow_open(const char *path, int32_t kind, void **reader) {
  *reader = nullptr;
  return guarded([&] {
    arrow::util::InitializeUTF8();
    *reader = new Reader(kind == 0 ? open_parquet(path) : open_arrow(path, kind == 1));
  });
}

// The next lines, valid until the next call; a length of 0 is the end.
char *anneal_arrow_read(void *reader, const uint8_t **bytes, int64_t *length) {
  *bytes = nullptr;
  *length = 0;
  return guarded([&] {
    auto &state = *static_cast<Reader *>(reader);
    state.read();
    *bytes = reinterpret_cast<const uint8_t *>(state.lines.data());
    *length = static_cast<int64_t>(state.lines.size());
  });
}

void anneal_arrow_close(void *reader) { delete static_cast<Reader *>(reader); }

void anneal_arrow_free(char *message) { std::free(message); }
}
