import AnnealDatasets
import AnnealFiles
import OrderedCollections
import TestSupport
import Testing

/// Every data set beside the checkout, read without options: the format that is found, and the rows
/// that the list of them names.
@Suite(.enabled(if: SharedData.path("datasets") != nil))
struct RealFileTests {
  private static let files: [(path: String, format: String, rows: Int)] = [
    ("alpaca_en_demo/alpaca_en_demo.json", "alpaca", 999),
    ("alpaca_tiny/alpaca_tiny.json", "alpaca", 100),
    ("banking77/test.csv", "classification", 3080),
    ("banking77/train.csv", "classification", 10003),
    ("c4_sample_gz/c4-sample.01.json.gz", "text", 10),
    ("c4_sample_gz/c4-sample.02.json.gz", "text", 10),
    ("c4_sample_gz/c4-sample.03.json.gz", "text", 10), ("cs336_corpus_en/corpus.en", "text", 1),
    ("dpo_en_demo/dpo_en_demo.json", "preference", 300),
    ("fastchat_dummy_conversation/dummy_conversation.json", "sharegpt", 500),
    ("glaive_toolcall_en/glaive_toolcall_en_demo.json", "sharegpt", 300),
    ("gsm8k/train.jsonl", "question-answer", 7473),
    ("hf_arrow/arc_challenge/validation.jsonl", "multiple-choice", 299),
    ("hf_arrow/arc_easy/validation.jsonl", "multiple-choice", 570),
    ("hf_arrow/basic_arithmetic/validation.jsonl", "multiple-choice", 3000),
    ("hf_arrow/cb/validation.jsonl", "sentence-pair", 56),
    ("hf_arrow/commonsense_qa/validation.jsonl", "multiple-choice", 1221),
    ("hf_arrow/copa/validation.jsonl", "numbered-choices", 100),
    ("hf_arrow/mrpc/validation.jsonl", "sentence-pair", 408),
    ("hf_arrow/nq_open/validation.jsonl", "question-answer", 3610),
    ("hf_arrow/openbookqa/validation.jsonl", "multiple-choice", 500),
    ("hf_arrow/piqa/validation.jsonl", "numbered-choices", 1838),
    ("hf_arrow/sciq/validation.jsonl", "question-answer", 1000),
    ("identity/identity.json", "alpaca", 91), ("kto_en_demo/kto_en_demo.json", "kto", 300),
    ("mmlu/dev.jsonl", "multiple-choice", 285), ("mmlu/validation.jsonl", "multiple-choice", 1531),
    ("oe_eval_requests/arc_challenge__rc_0shot.jsonl.gz", "evaluation-requests", 2388),
    ("oe_eval_requests/arc_easy__rc_5shot.jsonl.gz", "evaluation-requests", 4562),
    ("oe_eval_requests/copycolors__10way.jsonl.gz", "evaluation-requests", 1000),
    ("oe_eval_requests/openbookqa__rc_0shot.jsonl.gz", "evaluation-requests", 4000),
    ("restaurant8k/test.json", "slot-spans", 3731),
    ("restaurant8k/train_0.json", "slot-spans", 8198),
    ("restaurant8k/train_3.json", "slot-spans", 1024),
    ("restaurant8k/train_5.json", "slot-spans", 256),
    ("self_instruct/seed_tasks.jsonl", "self-instruct", 175),
    ("stack_exchange_paired_tiny/stack_exchange_paired_tiny.json", "preference", 25),
    ("tiny_format_samples/chat_tiny.json", "sharegpt", 1),
    ("tiny_format_samples/hh_rlhf_tiny.json", "preference", 1),
    ("tiny_format_samples/instruct_tiny.json", "alpaca", 2),
    ("tinyshakespeare/input.txt", "text", 1),
    ("tinystories_sample/tinystories_sample.txt", "text", 5),
    ("v1_sft_demo/v1_sft_demo.jsonl", "messages", 500),
    ("vicuna_bench/question.jsonl", "questions", 80),
    ("war_and_peace/war-and-peace.txt", "text", 1), ("wiki_demo/wiki_demo.txt", "text", 1),
  ]

  @Test(arguments: files)
  func `a file is read whole in the format it is in`(
    path: String, format: String, rows: Int
  ) throws {
    let file = try #require(SharedData.path("datasets/" + path))
    let inspection = try DatasetInspection(path: file)
    #expect(inspection.format == format)
    #expect(inspection.rows == rows)
    #expect(inspection.problems.isEmpty, "\(inspection)")
    #expect(inspection.records.count == rows)
    #expect(try Dataset<Record>(files: [file]).count == rows)
  }

  @Test func `the tasks of BIG-Bench Hard are rows of input and target`() throws {
    let folder = try #require(SharedData.path("datasets/bbh"))
    let names = Folder.names(in: folder)
    #expect(names.count == 18)
    for name in names {
      let inspection = try DatasetInspection(path: folder + "/" + name)
      #expect(inspection.format == "input-output")
      #expect(inspection.rows == 250)
      #expect(inspection.problems.isEmpty, "\(inspection)")
    }
  }

  @Test func `requests of an evaluation are reached by a mapping`() throws {
    let path = try #require(
      SharedData.path("datasets/oe_eval_requests/arc_challenge__rc_0shot.jsonl.gz"))
    let mapping = RowMapping(
      fields: ["prompt": "request.context", "completion": "request.continuation"])
    let data = try Dataset<Record>(RowSource(path: path, mapping: mapping))
    #expect(data.count == 2388)
    guard case .completion(_, let completion) = data.first else {
      Issue.record("a completion is expected")
      return
    }
    #expect(completion == " Put the objects in groups.")
  }

  @Test func `labels are counted`() throws {
    let path = try #require(SharedData.path("datasets/banking77/test.csv"))
    let inspection = try DatasetInspection(path: path, keepsRecords: false)
    #expect(inspection.labels.count == 77)
    #expect(inspection.labels.values.allSatisfy { $0 == 40 })
    #expect(inspection.records.isEmpty)
    #expect(inspection.description.contains("labels 77: "))
  }
}
