"""What a tiny model is expected to give; shared by the scripts that make models."""
import json, os
import torch

ids = [1, 7, 33, 12, 60, 5, 5, 41, 22, 9, 50, 3, 18, 27, 36, 45, 54, 63, 8, 16, 24, 32, 40, 48]


def expected(model):
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].double()
        nll = torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(ids[1:]))
        sequence = list(ids)
        for _ in range(12):
            sequence.append(int(model(torch.tensor([sequence])).logits[0, -1].argmax()))
    return {"ids": ids, "last_logits": logits[-1].tolist(), "middle_logits": logits[7].tolist(), "mean_nll": nll.item(),
            "greedy": sequence[len(ids):]}


def write(folder, data):
    with open(os.path.join(folder, "expected.json"), "w") as f:
        json.dump(data, f)
        f.write("\n")
