from tests.conftest import Visitor
def test_x(visitor: Visitor) -> None:
    assert visitor.id
