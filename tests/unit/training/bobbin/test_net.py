"""The training's own forward pass against the library's."""

import torch

from app.training.bobbin.net import Head, Size, hidden, new

SMALL = Size(vocabulary=64, width=32, layers=3, heads=4, inner=48, context=64)


def test_the_pass_is_the_librarys() -> None:
    model = new(SMALL, 1, end=0, padding=1)
    ids = torch.randint(0, 64, (2, 20), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        states, _ = hidden(model, ids, [])
        theirs = model(ids).logits
    torch.testing.assert_close(model.lm_head(states), theirs)


def test_scores_are_those_of_the_chosen_heads() -> None:
    model = new(SMALL, 1, end=0, padding=1)
    model.set_attn_implementation("eager")
    ids = torch.arange(10)[None]
    heads = [Head(layer=2, place=3), Head(layer=0, place=1)]
    with torch.no_grad():
        _, scores = hidden(model, ids, heads)
        theirs = model(ids, output_attentions=True).attentions
    for head, found in zip(heads, scores, strict=True):
        torch.testing.assert_close(torch.softmax(found, -1), theirs[head.layer][:, head.place])


def test_the_same_seed_gives_the_same_network() -> None:
    one, same, other = (new(SMALL, seed, end=0, padding=1).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)
